import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orion } from "./testing/commandLine.ts";
import { writeSampleCsv } from "./testing/tinySetup.ts";

let folder: string;
let place: string[];

const run = (args: readonly string[]) => orion(["features", ...args, ...place]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-features-"));
  place = ["--workspace", join(folder, "workspace")];
  const csv = await writeSampleCsv(folder, 18_000, 24_000);
  const key = ["--symbol", "BTCUSDT", "--timeframe", "5m", "--market", "futures"];
  expect((await orion(["data", "import", csv, ...key, ...place])).code).toBe(0);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("build: names, counts and timings, in words and as JSON, beside the file", async () => {
  const out = join(folder, "features.parquet");
  const built = await run(["build", "--out", out, "--json"]);
  expect(built.code, built.stderr.join("\n")).toBe(0);
  const told = JSON.parse(built.stdout);
  expect(told).toMatchObject({ recipe: "orionquant", out, rows: 6000, symbols: [{ symbol: "BTCUSDT" }] });
  expect(told.columns).toHaveLength(38);
  expect(told.columns[0]).toMatchObject({ name: "logReturn1", finite: 5999, missing: 1 });
  expect(Object.keys(told.timings)).toEqual(["read", "compute", "write"]);
  expect((await stat(out)).size).toBe(told.bytes);
  const said = await run(["build", "--out", out]);
  expect(said.stdout).toMatch(/logReturn1 +5999 +1\n/);
  expect(said.stdout).toMatch(/38 columns x 6000 bars in /);
});

test("select: what goes, for which column, and what stays; the same as JSON", async () => {
  const found = await run(["select", "--json"]);
  expect(found.code, found.stderr.join("\n")).toBe(0);
  const told = JSON.parse(found.stdout);
  expect(told).toMatchObject({ recipe: "orionquant", inRecipe: false, columns: 38, config: { limit: 0.8 } });
  const { dropped } = told.selection;
  expect(told.kept.length + dropped.length).toBe(38);
  const said = await run(["select"]);
  for (const { name, kept } of dropped)
    expect(said.stdout).toMatch(new RegExp(`\n${name} +${kept} +-?[01]\\.\\d+`));
  expect(said.stdout).toMatch(
    new RegExp(`38 columns, ${told.kept.length} stay; ${told.rows} training rows of BTCUSDT`),
  );
  const components = await run(["select", "--kind", "pca", "--variance", "0.9"]);
  expect(components.stdout).toMatch(/pc1 +\d+\.\d\d %/);
});

test("options that do not fit end in one line", async () => {
  const refused = async (args: readonly string[], code: number, message: RegExp): Promise<void> => {
    const ended = await run(args);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe("");
    expect(ended.stderr.join("\n")).toMatch(message);
  };
  await refused(["select", "--limit", "2"], 2, /give a number from 0 to 1/);
  await refused(["select", "--limit", "1"], 2, /selection\.limit/);
  await refused(
    ["select", "--kind", "pca", "--limit", "0.5"],
    2,
    /selection\.limit: this is no key of the kind 'pca'/,
  );
  await refused(["build"], 2, /--out/);
  await refused(["build", "--out", join(folder, "x.csv")], 2, /end in \.parquet/);
  await refused(["build", "--out", join(folder, "x.parquet"), "--symbol", "NOPE"], 3, /NOPE/);
});
