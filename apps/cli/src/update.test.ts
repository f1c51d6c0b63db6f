import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentOf, orion } from "./testing/commandLine.ts";
import { writeSampleCsv, writeTinyRecipe } from "./testing/tinySetup.ts";

let folder: string;
let workspace: string;
let recipe: string;
let modelId: string;

const importOf = async (from: number, to: number): Promise<void> => {
  const csv = await writeSampleCsv(folder, from, to);
  const args = ["data", "import", csv, "--symbol", "BTCUSDT", "--timeframe", "5m", "--market", "futures"];
  expect((await orion([...args, "--json", "--workspace", workspace])).code).toBe(0);
};
const run = (...args: string[]) => orion([...args, "--workspace", workspace]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-update-"));
  workspace = join(folder, "workspace");
  recipe = await writeTinyRecipe(folder, 1, 3);
  await appendFile(recipe, "\nensemble: { kind: seeds, members: 2 }\n");
  await importOf(18_000, 22_000);
  const trained = await run("train", "--recipe", recipe, "--json");
  expect(trained, trained.stderr.join()).toMatchObject({ code: 0 });
  const { model } = JSON.parse(trained.stdout);
  expect(model.members).toBe(2);
  modelId = model.id;
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("an ensemble's prediction tells how far its members disagree, as text and as a document", async () => {
  const text = await run("predict", "--model", modelId);
  expect(text.stdout).toMatch(/^(BUY|HOLD|SELL) 0\.\d\d ± 0\.\d\d over 2 members/m);
  expect(text.stdout).toMatch(/^HOLD +\d+\.\d{3} % ± \d+\.\d{3} %/m);
  const { ensemble } = JSON.parse((await run("predict", "--model", modelId, "--json")).stdout);
  expect(ensemble).toEqual({
    members: 2,
    spread: { BUY: expect.any(Number), HOLD: expect.any(Number), SELL: expect.any(Number) },
    return_spread: expect.any(Number),
  });
}, 60_000);

test("an update without new bars, or with options that are none, is one line and changes nothing", async () => {
  const before = await contentOf(workspace);
  for (const [args, code, message] of [
    [[], 3, /0 usable rows have come since, and an update needs \d+: import or download more bars$/],
    [["--replay", "1"], 2, /--replay wants a share from 0 to 0\.95$/],
    [["--epochs", "0"], 2, /--epochs wants a whole number of at least 1$/],
    [["--accept", "hope"], 2, /--accept hope is no rule: choose significant or better$/],
    [["--model", "no-such"], 3, /no-such/],
  ] as const) {
    const ended = await run("update", ...args, "--json");
    expect(ended.code, ended.stderr.join()).toBe(code);
    expect(ended.stderr.at(-1)).toMatch(message);
    expect(JSON.parse(ended.stdout)).toMatchObject({ code });
  }
  expect(await contentOf(workspace)).toEqual(before);
}, 60_000);

test("an update answers with both figures, their interval and n, accepted or not, with exit code 0", async () => {
  await importOf(22_000, 23_000);
  const strict = await run("update", "--model", modelId, "--json");
  expect(strict.code, strict.stderr.join()).toBe(0);
  const result = JSON.parse(strict.stdout);
  expect(result).toMatchObject({
    accepted: expect.any(Boolean),
    parent: modelId,
    rows: { acceptance: result.difference.n },
    difference: { interval: [expect.any(Number), expect.any(Number)] },
  });
  expect(result.accepted).toBe(result.difference.interval[1] < 0);
  const text = await run("update", "--model", modelId, "--accept", "better");
  expect(text.code).toBe(0);
  const word = result.difference.value < 0 ? "ACCEPTED" : "NOT ACCEPTED";
  expect(text.stdout).toMatch(new RegExp(`^${word}: .* model tiny-\\w+$`, "m"));
  expect(text.stdout).toMatch(/^difference -?\d\.\d{5} nats \(95 %: .*; \d+ rows in blocks of \d+\)/m);
}, 60_000);
