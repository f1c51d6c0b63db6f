import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orion } from "./testing/commandLine.ts";
import { writeSampleCsv } from "./testing/tinySetup.ts";

let folder: string;
let place: string[];
const which = (symbol: string) => ["--symbol", symbol, "--timeframe", "5m", "--market", "futures"];
const run = (args: readonly string[], symbol = "BTCUSDT") =>
  orion(["regimes", ...which(symbol), ...args, ...place]);
const json = async (args: readonly string[]) => {
  const ended = await run([...args, "--json"]);
  expect(ended.code, ended.stderr.join("\n")).toBe(0);
  return JSON.parse(ended.stdout);
};

async function importCloses(symbol: string, closes: readonly number[]): Promise<void> {
  const file = join(folder, `${symbol}.csv`);
  const lines = closes.map((c, i) => [1_700_000_100_000 + i * 300_000, c, c, c, c, 1].join());
  await writeFile(file, `ts,open,high,low,close,volume\n${lines.join("\n")}\n`);
  const ended = await orion(["data", "import", file, ...which(symbol), ...place]);
  expect(ended.code, ended.stderr.join("\n")).toBe(0);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-regimes-"));
  place = ["--workspace", join(folder, "workspace")];
  const csv = await writeSampleCsv(folder, 18_000, 21_000);
  const ended = await orion(["data", "import", csv, ...which("BTCUSDT"), ...place]);
  expect(ended.code, ended.stderr.join("\n")).toBe(0);
  await importCloses("FLAT", new Array(500).fill(100));
  await importCloses("SHORT", [1, 2, 3, 4, 5]);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the rule tells the past, spells and all, and nothing of now", async () => {
  const found = await json(["--method", "rule"]);
  expect(found).toMatchObject({
    symbol: "BTCUSDT",
    method: "rule",
    bars: 3000,
    now: null,
    classifier: null,
    hmm: null,
  });
  // 250 + 10 bars before the first, 10 + 5 - 1 after the last; the first may be a short run
  expect(found.past.rows).toBeLessThanOrEqual(3000 - 274);
  expect(found.past.rows).toBeGreaterThan(2600);
  const bars = found.past.spells.reduce((sum: number, s: { bars: number }) => sum + s.bars, 0);
  expect(bars).toBe(found.past.rows);
  expect(found.statistics.rows).toBe(found.past.rows);
  expect(found.lastKnown.knownAt).toBe(found.to);
  expect(Object.keys(found.meanings)).toEqual(found.regimes);
  const said = await run(["--method", "rule"]);
  expect(said.stdout).toMatch(/▲ strongUp .* ✖ crisis/);
  expect(said.stdout).toMatch(/now +not told/);
}, 60_000);

test("a classifier tells now, with its score on unseen bars beside persistence", async () => {
  const found = await json(["--model", "logistic"]);
  expect(found.now.time).toBe(found.to);
  expect(found.now.regime).toBe(
    Object.entries<number>(found.now.probabilities).reduce((a, b) => (b[1] > a[1] ? b : a))[0],
  );
  const { scores } = found.classifier;
  expect(scores.rows).toBeGreaterThan(1000);
  expect(scores.model.confusion.flat().reduce((a: number, b: number) => a + b, 0)).toBe(scores.rows);
  expect(scores.persistence.rows).toBe(scores.rows);
  expect(found.classifier.importance[0].lossRise).toBeGreaterThan(0);
  const said = await run(["--model", "logistic"]);
  expect(said.stdout).toMatch(/over 'last known goes on': balanced accuracy/);
}, 120_000);

test("hidden states in order of volatility, and how they foretell", async () => {
  const found = await json(["--method", "hmm", "--states", "2"]);
  expect(found.regimes).toEqual(["state1", "state2"]);
  const [calm, wild] = found.hmm.states;
  expect(calm.deviation).toBeLessThan(wild.deviation);
  expect(found.hmm.tried).toHaveLength(1);
  expect(found.hmm.unseen.rows + found.hmm.unseen.trainedRows).toBe(2999);
  expect(found.hmm.unseen.gain).toBeCloseTo(
    found.hmm.unseen.logScore - found.hmm.unseen.gaussianLogScore,
    12,
  );
  expect(found.now.probabilities.state1 + found.now.probabilities.state2).toBeCloseTo(1, 9);
}, 60_000);

test.each([
  [
    ["--method", "rule", "--states", "3"],
    "BTCUSDT",
    2,
    /regimes\.states: the method 'rule' has seven regimes/,
  ],
  [["--model", "linear"], "BTCUSDT", 2, /'linear' learns no classes/],
  [["--model", "oracle"], "BTCUSDT", 2, /there is no 'oracle'; choose one of/],
  [["--method", "hmm", "--model", "logistic"], "BTCUSDT", 2, /regimes\.model: the method 'hmm' has no model/],
  [["--method", "guess"], "BTCUSDT", 2, /guess/],
  [["--from", "2030-01-01"], "BTCUSDT", 3, /no bars from 2030/],
  [[], "FLAT", 3, /the price of FLAT does not move/],
  [["--method", "hmm"], "FLAT", 3, /'logReturn' does not vary/],
  [["--method", "rule"], "SHORT", 3, /SHORT has 5 bars, and the rule reads 275 at least/],
  [["--method", "hmm"], "SHORT", 3, /2 rows are too few for 2 states/],
  [[], "NONE", 3, /NONE/],
])(
  "%j of %s ends with %i in one line",
  async (args, symbol, code, message) => {
    const ended = await run(args, symbol);
    expect(ended.stdout).toBe("");
    expect(ended.stderr.join("\n")).toMatch(message);
    expect(ended.code).toBe(code);
  },
  30_000,
);
