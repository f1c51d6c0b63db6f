import {
  concat,
  linear,
  matmul,
  mul,
  type NamedParameters,
  reduceSum,
  reshape,
  softmax,
  transpose,
} from "@orion/grad";
import { expect, test } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { type Encoder, oneTrunk } from "../networks/encoding.ts";
import { mlpEncoder } from "../networks/mlp.ts";
import { attentionOf } from "./attentionOf.ts";

/** One block of two heads with scores x_t·x_s and -x_t·x_s, and pooling by the first column. */
const encoder: Encoder = (g, x, request) => {
  const [, time] = x.shape;
  const scores = matmul(g, x, transpose(g, x, [0, 2, 1]));
  const heads = [1, -1].map((sign) =>
    reshape(g, softmax(g, mul(g, scores, sign)), ["rest", 1, time!, time!]),
  );
  const pool = softmax(g, reshape(g, linear(g, x, "encoder.pool", 1, { bias: false }), ["rest", time!]));
  const h = reduceSum(g, x, 1);
  return oneTrunk(h, request?.attention ? { block0: concat(g, heads, 1), pool } : undefined);
};
const parameters: NamedParameters = new Map([
  ["encoder.pool.weight", { shape: [1, 1], values: Float32Array.of(1) }],
  ["classHead.out.weight", { shape: [1, 3], values: new Float32Array(3) }],
]);

test("the weights of each head, step by step, and of the pooling, by hand", async () => {
  // x = (0, r) with r² = ln 3: scores (0, 0; 0, ln 3), weights (1/2, 1/2; 1/4, 3/4), and the other way
  // round (1/2, 1/2; 3/4, 1/4). Pooling: e^r to 1.
  const r = Math.sqrt(Math.log(3));
  const found = await attentionOf({
    encoder,
    parameters,
    window: Float32Array.of(0, r),
    features: 1,
    threads: 1,
  });
  expect(found.blocks.map((b) => b.layer)).toEqual(["block0"]);
  const expected = [0.5, 0.5, 0.25, 0.75, 0.5, 0.5, 0.75, 0.25];
  const { weights } = found.blocks[0]!;
  expect([weights.length, weights[0]!.length, weights[0]![0]!.length]).toEqual([2, 2, 2]);
  for (const [i, w] of weights.flat(2).entries()) expect(w).toBeCloseTo(expected[i]!, 6);
  expect(found.pooling.map((p) => p.layer)).toEqual(["pool"]);
  const pooled = [1 / (1 + Math.exp(r)), Math.exp(r) / (1 + Math.exp(r))];
  for (const [i, w] of found.pooling[0]!.weights.entries()) expect(w).toBeCloseTo(pooled[i]!, 6);
});

test("a network without attention, and a window that does not fit, are refused", async () => {
  const plain = mlpEncoder({ kind: "mlp", window: 2, input: "pool", hidden: [3], dropout: 0 });
  const given = { encoder: plain, parameters, window: new Float32Array(4), features: 2, threads: 1 };
  await expect(attentionOf(given)).rejects.toThrow(
    new UsageError("this network has no attention: explain it by integrated gradients"),
  );
  await expect(attentionOf({ ...given, features: 3 })).rejects.toThrow(/4 numbers does not divide into 3/);
});
