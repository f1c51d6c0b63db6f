import { loadTablePredictor } from "@orion/grad";
import {
  ensembleToOnnx,
  openLightgbm,
  openSvm,
  openXgboost,
  svmToOnnx,
  type TreeEnsemble,
  type TreeSets,
  trainInThread,
  trainSvmInProcess,
} from "@orion/trees";
import { describe, expect, it, vi } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { encodeMlGraph } from "./encodeMlGraph.ts";

const FEATURES = 7;
const ROWS = 500;

type Goal = "three classes" | "two classes" | "value";
const goals: readonly Goal[] = ["three classes", "two classes", "value"];

/** Random rows: gaps, exact zeros, values on a coarse grid so that many are equal, and very small ones. */
function randomRows(seed: number, missing = true): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: ROWS * FEATURES }, (_, i) => {
    const v = 2 * random.next() - 1;
    if (missing && random.next() < 0.1) return Number.NaN;
    const column = i % FEATURES;
    if (column === 2) return Math.round(v * 4) / 4;
    if (column === 3) return random.next() < 0.5 ? 0 : v;
    if (column === 4) return v * 1e-4;
    return v;
  });
}

/** Returns over 1 to 64 bars of a walk with heavy tails (Student t of 3 degrees, as daily returns have), the first rows missing. */
function walkRows(): Float32Array {
  const random = seededRandom(9);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const prices: number[] = [];
  for (let i = 0, log = 0; i < ROWS; i++) {
    const chi = (normal() ** 2 + normal() ** 2 + normal() ** 2) / 3;
    log += (0.01 * normal()) / Math.sqrt(chi);
    prices.push(Math.exp(log));
  }
  return Float32Array.from({ length: ROWS * FEATURES }, (_, k) => {
    const [i, f] = [Math.floor(k / FEATURES), k % FEATURES];
    return Math.log(prices[i]! / (prices[i - 2 ** f] ?? Number.NaN));
  });
}

function setsOf(values: Float32Array, goal: Goal): TreeSets {
  const random = seededRandom(77);
  const at = (i: number, f: number): number => values[i * FEATURES + f]! || 0;
  const spread = Math.sqrt(
    Array.from({ length: ROWS }, (_, i) => at(i, 0) ** 2).reduce((a, b) => a + b, 0) / ROWS,
  );
  const score = Array.from(
    { length: ROWS },
    (_, i) => at(i, 0) / spread + (at(i, 1) * at(i, 3)) / spread ** 2 + 0.5 * random.next(),
  );
  const targets = Float32Array.from(score, (s) =>
    goal === "value" ? 3 * s : goal === "two classes" ? Number(s > 0.2) : s < -0.3 ? 0 : s < 0.7 ? 1 : 2,
  );
  return {
    task: goal === "value" ? { kind: "value" } : { kind: "classes", classes: goal === "two classes" ? 2 : 3 },
    train: { table: { values, rows: ROWS, features: FEATURES }, targets },
  };
}

/** Rows that meet the thresholds of the trees exactly, and the 32-bit floats on either side of them. */
function atThresholds({ trees, features }: TreeEnsemble, base: Float32Array): Float32Array {
  const splits = trees.flatMap(({ nodes }) => nodes.flatMap((n) => ("leaf" in n ? [] : [n])));
  const rows = splits.slice(0, 300).flatMap(({ feature, threshold }, i) =>
    [-1, 0, 1].map((step) => {
      const row = base.slice((i % ROWS) * features, (i % ROWS) * features + features);
      const bits = Int32Array.of(0);
      const float = new Float32Array(bits.buffer);
      float[0] = threshold;
      if (threshold !== 0 && Math.abs(threshold) < 3e38) bits[0]! += step;
      row[feature] = float[0]!;
      return row;
    }),
  );
  const values = new Float32Array(rows.length * features);
  rows.forEach((row, i) => {
    values.set(row, i * features);
  });
  return values;
}

/** The largest difference, for values relative to their size. */
async function difference(
  onnx: Uint8Array,
  goal: Goal,
  values: Float32Array,
  native: (table: { values: Float32Array; rows: number; features: number }) => Float64Array,
): Promise<number> {
  const rows = values.length / FEATURES;
  const predictor = await loadTablePredictor(onnx, goal === "value" ? "value" : "probabilities");
  const told = await predictor.predict(values, rows);
  await predictor.close();
  const wanted = native({ values, rows, features: FEATURES });
  expect(told.length).toBe(wanted.length);
  return wanted.reduce((most, w, i) => Math.max(most, Math.abs(w - told[i]!) / Math.max(1, Math.abs(w))), 0);
}

const trainers = [
  ["xgboost", {}],
  ["xgboost", { growth: "lossguide", maxDepth: 0, maxLeaves: 40, rowSample: 0.7, columnSample: 0.6 }],
  ["lightgbm", { boosting: "gbdt" }],
  ["lightgbm", { boosting: "goss", learningRate: 0.5 }],
  ["lightgbm", { boosting: "dart", skipDrop: 0.2 }],
  ["lightgbm", { boosting: "rf", rowSample: 0.6, rowSampleEvery: 1 }],
  ["lightgbm", { zeroAsMissing: true, minLeafRows: 5 }],
] as const;

describe.each(goals)("ONNX against the library, %s", (goal) => {
  it.each(trainers)("%s %j", async (trainer, options) => {
    for (const values of [randomRows(1), randomRows(2, false), walkRows()]) {
      const sets = setsOf(values, goal);
      const { bytes } = await trainInThread(trainer, { rounds: 30, threads: 1, ...options }, sets);
      const opened = trainer === "xgboost" ? openXgboost(bytes) : openLightgbm(bytes);
      const onnx = encodeMlGraph(ensembleToOnnx(opened.ensemble));
      for (const rows of [values, randomRows(3), atThresholds(opened.ensemble, values)])
        expect(await difference(onnx, goal, rows, opened.predict)).toBeLessThan(1e-5);
      opened.close();
    }
  });

  it.each([
    ["the system's libsvm", undefined],
    ["libsvm-js", "libsvm-js"],
  ])("svm by %s", async (_, by) => {
    const values = randomRows(2, false);
    vi.stubEnv("ORION_LIBSVM", by ?? process.env.ORION_LIBSVM);
    const trained = await trainSvmInProcess({ cost: 1, gamma: 0.3, seed: 1 }, setsOf(values, goal));
    vi.unstubAllEnvs();
    expect(trained.isFallback).toBe(by === "libsvm-js");
    const { bytes } = trained;
    const opened = openSvm(bytes);
    const onnx = encodeMlGraph(svmToOnnx(opened.model));
    for (const rows of [values, randomRows(3, false)])
      expect(await difference(onnx, goal, rows, opened.predict)).toBeLessThan(1e-5);
    opened.close();
  });
});
