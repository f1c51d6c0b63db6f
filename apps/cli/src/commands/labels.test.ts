import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labelParts } from "@orion/trade/labels";
import { importSample, openWorkspace } from "@orion/trade/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orion } from "../testing/commandLine.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-labels-cli-"));
  await importSample(await openWorkspace(join(folder, "workspace")));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) =>
  orion(["labels", "build", ...args, "--workspace", join(folder, "workspace")]);
const out = () => join(folder, "labels.parquet");

test("labels build prints one document, or a table of what was labelled", async () => {
  const { code, stdout } = await run("--recipe", "orionquant", "--out", out(), "--json");
  expect(code).toBe(0);
  const built = JSON.parse(stdout);
  // the recipe says of its label that 98.8 % of 143,899 bars are HOLD
  expect(built).toMatchObject({ recipe: "orionquant", rows: 143_899, horizonBars: 1, meanUniqueness: 1 });
  expect(built.columns[0].counts[1].rows / built.rows).toBeCloseTo(0.988, 3);
  expect(existsSync(out())).toBe(true);
  const text = await run("--label", "{ kind: tripleBarrier, horizonBars: 12 }", "--out", out());
  expect(text.stdout).toMatch(/^tripleBarrier of orionquant: BTCUSDT, 143,\d+ of 143,900 bars have a label/);
  expect(text.stdout).toMatch(/class .*BUY: [\d,]+ \([\d.]+ %\) {2}HOLD: /);
  expect(text.stdout).toMatch(/Average uniqueness 0\.\d+: the labels overlap/);
});

test("the help names every label that there is, in the order of the registry", async () => {
  const { stdout } = await orion(["labels", "build", "--help"]);
  const kinds = labelParts.map((part) => part.kind);
  const listed = `${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}`;
  expect(stdout.replace(/\s+/g, " ")).toContain(`another label than the recipe's: ${listed} with its keys`);
});

test.each([
  [[], 2, /--out <file>' not specified/],
  [["--out", "x.parquet", "--label", "{ kind: quadBarrier }"], 2, /there is no 'quadBarrier'/],
  [["--out", "x.parquet", "--recipe", "hybrid", "--symbol", "AAPL"], 3, /AAPL/],
])("labels build %j ends with %i", async (args, code, message) => {
  const ended = await run(...args);
  expect(ended.code).toBe(code);
  expect(ended.stdout).toBe("");
  expect(ended.stderr).toEqual([expect.stringMatching(message)]);
  expect(existsSync("x.parquet")).toBe(false);
});
