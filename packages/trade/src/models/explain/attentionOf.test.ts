import {
  add,
  concat,
  linear,
  loadPredictor,
  matmul,
  mul,
  type Network,
  reduceSum,
  reshape,
  softmax,
  transpose,
} from "@orion/grad";
import { expect, test } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { attentionLayers, attentionOf, exportAttention } from "./attentionOf.ts";

/** One block of two heads with scores x_t·x_s and -x_t·x_s, and pooling by the first column. */
const network: Network = (g, x) => {
  const time = x.shape[1]!;
  const scores = matmul(g, x, transpose(g, x, [0, 2, 1]));
  const heads = [1, -1].map((sign) => reshape(g, softmax(g, mul(g, scores, sign)), ["rest", 1, time, time]));
  const weights = concat(g, heads, 1);
  g.extra("encoder.block0.weights", weights);
  const pool = softmax(g, reshape(g, linear(g, x, "encoder.pool", 1, { bias: false }), ["rest", time]));
  g.extra("encoder.pool.weights", pool);
  return { return: add(g, reduceSum(g, pool, 1), reduceSum(g, reshape(g, weights, ["rest", 8]), 1)) };
};
const known = {
  network,
  input: { time: 2, features: 1 },
  parameters: new Map([["encoder.pool.weight", { shape: [1, 1], values: Float32Array.of(1) }]]),
};

// x = (0, r) with r² = ln 3: scores (0, 0; 0, ln 3), weights (1/2, 1/2; 1/4, 3/4), and the other way
// round (1/2, 1/2; 3/4, 1/4). Pooling: e^r to 1.
const r = Math.sqrt(Math.log(3));
const window = Float32Array.of(0, r);
const expected = [0.5, 0.5, 0.25, 0.75, 0.5, 0.5, 0.75, 0.25];
const pooled = [1 / (1 + Math.exp(r)), Math.exp(r) / (1 + Math.exp(r))];

test("the weights of each head, step by step, and of the pooling, by hand", async () => {
  const found = await attentionOf({ ...known, window, threads: 1 });
  expect(found.blocks.map((b) => b.layer)).toEqual(["encoder.block0"]);
  const { weights } = found.blocks[0]!;
  expect([weights.length, weights[0]!.length, weights[0]![0]!.length]).toEqual([2, 2, 2]);
  for (const [i, w] of weights.flat(2).entries()) expect(w).toBeCloseTo(expected[i]!, 6);
  expect(found.pooling.map((p) => p.layer)).toEqual(["encoder.pool"]);
  for (const [i, w] of found.pooling[0]!.weights.entries()) expect(w).toBeCloseTo(pooled[i]!, 6);
});

test("the exported model gives them beside its own outputs, of any number of windows, and says what they are", async () => {
  const predictor = await loadPredictor(exportAttention(known, { seed: "7" }), { threads: 1 });
  try {
    expect(predictor.outputs).toEqual(["return", "encoder.block0.weights", "encoder.pool.weights"]);
    expect(predictor.metadata.seed).toBe("7");
    const told = JSON.parse(predictor.metadata.attention!);
    expect(told).toEqual(attentionLayers(known));
    expect(told).toEqual([
      {
        layer: "encoder.block0",
        output: "encoder.block0.weights",
        kind: "attention",
        heads: 2,
        axes: ["window", "head", "step", "step looked at"],
      },
      {
        layer: "encoder.pool",
        output: "encoder.pool.weights",
        kind: "pooling",
        heads: 1,
        axes: ["window", "step"],
      },
    ]);
    const out = await predictor.predict(Float32Array.of(...window, ...window, ...window), 3);
    expect(out["encoder.block0.weights"]).toHaveLength(3 * 8);
    for (const [i, w] of out["encoder.pool.weights"]!.entries()) expect(w).toBeCloseTo(pooled[i % 2]!, 6);
    // four rows of attention and one of pooling, each adding up to 1
    for (const v of out.return!) expect(v).toBeCloseTo(5, 5);
  } finally {
    await predictor.close();
  }
});

test("a network without attention, and a window that does not fit, are refused", async () => {
  const plain: Network = (g, x) => ({ return: reduceSum(g, reshape(g, x, ["rest", 2]), 1) });
  const given = { network: plain, input: known.input, parameters: new Map() };
  expect(attentionLayers(given)).toEqual([]);
  await expect(attentionOf({ ...given, window })).rejects.toThrow(
    new UsageError("this network has no attention: explain it by integrated gradients"),
  );
  await expect(attentionOf({ ...known, window: new Float32Array(3) })).rejects.toThrow(
    /3 numbers is not one of 2 steps of 1 columns/,
  );
});
