import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UsageError } from "../core/errors.ts";
import { applyProfile, listRecipes, loadRecipe, parseRecipe } from "./loadRecipe.ts";
import { checkProfile } from "./modelUse.ts";
import { isScannerRecipe, loadScanner, parseScanner, scannerProfile } from "./scanner/loadScanner.ts";

const text = `name: mine
universe:
  symbols: [BTCUSDT]
  market: futures
  timeframe: 5m
features:
  - kind: orionquant38
scaling: { kind: standard, clip: 8 }
label:
  kind: threeClass
  horizonBars: 1
  threshold: { kind: fixed, value: 0.005 }
split: { train: 0.70, validation: 0.15, test: 0.15 }
model:
  kind: transformerSignal
  window: 16
  width: 8
  heads: 2
  blocks: 1
  feedForward: 16
  dropout: 0.1
training:
  epochs: 5
  batch: 32
  learningRate: 0.0003
  weightDecay: 0.00001
  warmupSteps: 50
  clipNorm: 1.0
  patience: 10
  classBalance: weights
  focalGamma: 0
  returnWeight: 0.1
  windowStride: { BUY: 1, HOLD: 2, SELL: 1 }
decision: { everyBars: 1, minTrades: 60 }
sizing: { kind: fixedFraction, fraction: 1, allowShort: false }
risk:
  - kind: stopTarget
    stop: 0.02
    target: 0.05
costs: { feeBps: 10, slippageBps: 5 }
initialCash: 10000
seed: 7
profiles:
  quick:
    training: { epochs: 2, windowStride: { BUY: 6, HOLD: 600, SELL: 6 } }
    decision: { everyBars: 12 }
`;

function faultOf(changed: string): string {
  try {
    parseRecipe(changed, "mine.yaml");
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UsageError);
    expect((thrown as Error).message).not.toContain("\n");
    return (thrown as Error).message;
  }
  throw new Error("the recipe was taken");
}

test("every recipe of the house is sound in every profile", async () => {
  const names = await listRecipes();
  expect(names).toEqual(expect.arrayContaining(["hybrid", "orionquant", "orionquant-1h"]));
  for (const name of names) {
    if (await isScannerRecipe(name)) {
      const scanner = await loadScanner(name);
      expect(scanner.name).toBe(name);
      for (const profile of ["quick", "default", "full"] as const) {
        expect(parseScanner(JSON.stringify(scannerProfile(scanner, profile)), name).name).toBe(name);
      }
      await expect(loadRecipe(name)).rejects.toThrow(/scans many symbols in stages/);
      continue;
    }
    const recipe = await loadRecipe(name);
    expect(recipe.name).toBe(name);
    for (const profile of ["quick", "default", "full"] as const) {
      expect(parseRecipe(JSON.stringify(applyProfile(recipe, profile)), name).name).toBe(name);
    }
  }
});

// each case: what is written instead of what, and the whole of the error
test.each([
  ["epochs: 5", "epochs: 5\n  epoch: 5", "mine.yaml:24: training.epoch: this key is not known"],
  ["seed: 7", "sead: 7", "mine.yaml:42: sead: this key is not known"],
  [
    "  width: 8",
    "  width: wide",
    "mine.yaml:17: model.width: Invalid input: expected number, received string",
  ],
  ["  heads: 2", "  heads: 3", "mine.yaml:18: model.heads: 3 heads do not divide a width of 8"],
  ["[BTCUSDT]", "[BTCUSDT, ETHUSDT]", "mine.yaml:3: universe.symbols: this recipe trades exactly one symbol"],
  ["[BTCUSDT]", "[../../etc]", "mine.yaml:3: universe.symbols.0: Invalid string"],
  ["timeframe: 5m", "timeframe: 5x", "mine.yaml:5: universe.timeframe: Invalid string"],
  ["test: 0.15", "test: 0.25", "mine.yaml:13: split: train, validation and test must add up to 1"],
  [
    "kind: orionquant38",
    "kind: orionquant39",
    "mine.yaml:7: features.0.kind: there is no 'orionquant39'; choose one of orionquant38",
  ],
  ["horizonBars: 1", "horizonBar: 1", "mine.yaml:11: label.horizonBar: this key is not known"],
  ["value: 0.005", "value: -1", "mine.yaml:12: label.threshold.value: Too small"],
  ["fraction: 1,", "fraction: 2,", "mine.yaml:35: sizing.fraction: Too big"],
  [
    "kind: fixedFraction",
    "kind: kelly",
    "mine.yaml:35: sizing.kind: there is no 'kelly'; choose one of fixedFraction",
  ],
  ["    stop: 0.02", "    stopp: 0.02", "mine.yaml:38: risk.0.stopp: this key is not known"],
  ["feeBps: 10", "feeBps: .nan", "mine.yaml:40: costs.feeBps: Invalid input: expected number, received NaN"],
  ["epochs: 2", "epoch: 2", "mine.yaml:45: profiles.quick.training.epoch: this key is not known"],
  ["  quick:", "  quik:", "mine.yaml:44: profiles.quik: this key is not known"],
  ["market: futures", "market: futures\n  market: spot", "mine.yaml:5: Map keys must be unique"],
  ["label:", "label: [", "mine.yaml:"],
  [
    "patience: 10",
    "patience: 10\n  accumulate: 5",
    "mine.yaml:30: training.accumulate: a batch of 32 does not divide into 5 parts",
  ],
  [
    "patience: 10",
    "patience: 10\n  schedule: { kind: oneCycle }",
    "mine.yaml:27: training.warmupSteps: oneCycle rises by itself",
  ],
  [
    "    training: { epochs: 2,",
    "    training: { epochs: 2, batch: 33, accumulate: 2,",
    "mine.yaml:45: profiles.quick.training.accumulate: a batch of 33",
  ],
  [
    "patience: 10",
    "patience: 10\n  schedule: { kind: cosineRestarts, factors: 2 }",
    "mine.yaml:30: training.schedule.factors: this key is not known",
  ],
  [
    "patience: 10",
    "patience: 10\n  schedule: { kind: sine }",
    "mine.yaml:30: training.schedule.kind: Invalid",
  ],
  [
    "patience: 10",
    "patience: 10\n  monitor: f1",
    "mine.yaml:30: training.monitor: Invalid option: expected one of",
  ],
  ["patience: 10", "patience: 10\n  averageDecay: 1", "mine.yaml:30: training.averageDecay: Too big"],
  ["patience: 10", "patience: 10\n  labelSmoothing: 0.9", "mine.yaml:30: training.labelSmoothing: Too big"],
  [
    "patience: 10",
    "patience: 10\n  returnLoss: { kind: huber, delta: 0 }",
    "mine.yaml:30: training.returnLoss.delta: Too small",
  ],
  [
    "patience: 10",
    "patience: 10\n  curriculum: { order: volatility, startShare: 0 }",
    "mine.yaml:30: training.curriculum.startShare: Too small",
  ],
  [
    "patience: 10",
    "patience: 10\n  curriculum: { pace: linear }",
    "mine.yaml:30: training.curriculum.order: Invalid option",
  ],
  [
    "patience: 10",
    "patience: 10\n  checkpointMinutes: -1",
    "mine.yaml:30: training.checkpointMinutes: Too small",
  ],
  [
    "seed: 7",
    "seed: *unknown",
    "mine.yaml: Unresolved alias (the anchor must be set before the alias): unknown",
  ],
])("%o instead: %o is told with its place", (from, to, message) => {
  expect(text).toContain(from);
  expect(faultOf(text.replace(from, to))).toContain(message);
});

test("what is no map at all is refused", () => {
  for (const empty of ["", "just text", "- a\n- b", "null"]) {
    expect(faultOf(empty)).toMatch(/^mine\.yaml: recipe: Invalid input: expected object/);
  }
});

test("a bomb of aliases is refused, not expanded", () => {
  const levels = Array.from({ length: 12 }, (_, i) =>
    i === 0 ? "l0: &l0 [x, x, x, x]" : `l${i}: &l${i} [*l${i - 1}, *l${i - 1}, *l${i - 1}, *l${i - 1}]`,
  );
  expect(faultOf(levels.join("\n"))).toMatch(/^mine\.yaml: Excessive alias count/);
});

test("a profile changes what it names and nothing else; full is the recipe as written", () => {
  const recipe = parseRecipe(text, "mine.yaml");
  const { profiles, ...base } = recipe;
  expect(applyProfile(recipe, "full")).toEqual(base);
  expect(applyProfile(recipe, "default")).toEqual(base);
  expect(applyProfile(recipe, "quick")).toEqual({
    ...base,
    training: { ...base.training, epochs: 2, windowStride: { BUY: 6, HOLD: 600, SELL: 6 } },
    decision: { everyBars: 12, minTrades: 60 },
  });
});

test("a profile that does not name an option leaves it as the recipe has it", () => {
  const kept = { accumulate: 4, averageDecay: 0.99, returnLoss: { kind: "huber", delta: 2 } };
  const recipe = parseRecipe(
    text.replace(
      "patience: 10",
      `patience: 10\n  ${Object.entries(kept)
        .map(([k, v]) => `${k}: ${JSON.stringify(v)}`)
        .join("\n  ")}`,
    ),
    "mine.yaml",
  );
  expect(applyProfile(recipe, "quick").training).toMatchObject(kept);
});

test("the recipe of six heads names the seeds' training", async () => {
  expect((await loadRecipe("hybrid")).training).toMatchObject({
    schedule: { kind: "cosineRestarts", firstCycleEpochs: 10, factor: 2 },
    accumulate: 1,
    clipNorm: 1,
    patience: 15,
    returnLoss: { kind: "huber", delta: 1 },
  });
});

test("an unknown profile is refused with those that there are", () => {
  expect(checkProfile("quick")).toBe("quick");
  expect(() => checkProfile("fast")).toThrow(
    new UsageError("profile 'fast' is not known: choose quick, default or full"),
  );
});

test("names and files: unknown, missing, and tricks with paths", async () => {
  await expect(loadRecipe("nothing")).rejects.toThrow(
    /^there is no recipe 'nothing'; choose one of .*orionquant/,
  );
  await expect(loadRecipe("../recipes/orionquant")).rejects.toThrow(/give a name \(.*\) or a \.yaml file$/);
  await expect(loadRecipe("no/such.yaml")).rejects.toThrow("recipe file no/such.yaml cannot be read");
  const folder = await mkdtemp(join(tmpdir(), "orion-recipe-"));
  try {
    const file = join(folder, "mine.yaml");
    await writeFile(file, text);
    expect((await loadRecipe(file)).name).toBe("mine");
    await writeFile(file, text.replace("seed: 7", "seed: 7\nseeds: 8"));
    await expect(loadRecipe(file)).rejects.toThrow(`${file}:43: seeds: this key is not known`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
