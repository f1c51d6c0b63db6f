import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { tinyScanner } from "@orion/trade/recipe/scanner/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { orion, start } from "./testing/commandLine.ts";

let tiny: Awaited<ReturnType<typeof tinyScanner>>;
/** what a training says that nothing interrupted */
let whole: { id: string; files: object };

const train = (...more: string[]): string[] => [
  ...["train", "--recipe", tiny.recipe, "--workspace", tiny.workspace, "--json", ...more],
];
const kept = async (): Promise<string[]> =>
  (await readdir(join(tiny.workspace, "checkpoints"), { recursive: true })).filter((name) =>
    name.endsWith(".part"),
  );

/** The model of a training that has to succeed: its id and the hashes of its files. */
async function trained(...more: string[]): Promise<typeof whole & { stderr: readonly string[] }> {
  const ended = await orion(train(...more));
  expect(ended.code, ended.stderr.join("\n")).toBe(0);
  const { id } = JSON.parse(ended.stdout).model;
  const shown = await orion(["models", "show", id, "--workspace", tiny.workspace, "--json"]);
  return { id, files: JSON.parse(shown.stdout).files, stderr: ended.stderr };
}

beforeAll(async () => {
  tiny = await tinyScanner();
  const { id, files } = await trained();
  whole = { id, files };
}, 120_000);
afterAll(() => tiny.dispose());
beforeEach(() => rm(join(tiny.workspace, "models"), { recursive: true, force: true }));

test("stages killed with no time to say so: --resume takes over what had ended, to the same bytes", async () => {
  const running = start(train());
  const has = async (part: string): Promise<boolean> =>
    (await kept().catch(() => [])).some((name) => name.includes(`/${part}-`));
  while (!(await has("net-1d-fold2")) && running.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5));
  running.child.kill("SIGKILL");
  expect((await running.ended).signal).toBe("SIGKILL");
  const { stderr, ...model } = await trained("--resume");
  expect(model).toEqual(whole);
  expect(stderr.some((line) => /^going on .*parts of unfinished trainings are kept/.test(line))).toBe(true);
  expect(await kept()).toEqual([]);
}, 120_000);

test("Ctrl-C within the stages: exit code 130, what is kept and how to go on; --resume gives the same bytes", async () => {
  const running = start(train());
  await running.said(/^volatility and dependence/m);
  running.child.kill("SIGINT");
  const ended = await running.ended;
  expect(ended.code).toBe(130);
  const line =
    /^stopped; kept: 3 parts of timeframe networks.*; the same command with --resume goes on from there$/;
  expect(JSON.parse(ended.stdout)).toEqual({ error: expect.stringMatching(line), code: 130 });
  expect(ended.stderr.at(-1)?.replace(/^orion: /, "")).toMatch(line);
  const { stderr: _, ...model } = await trained("--resume");
  expect(model).toEqual(whole);
  expect(await kept()).toEqual([]);
}, 120_000);

test("an option of one network is refused, with those that stages take", async () => {
  const ended = await orion(train("--epochs", "2"));
  expect(ended.code).toBe(2);
  expect(ended.stderr.at(-1)).toMatch(/--epochs: .*--resume and --checkpoint-seconds only/);
});
