import { linear } from "../layers/linear.ts";
import { transformerEncoder } from "../layers/transformerEncoder.ts";
import { accuracy } from "../losses/accuracy.ts";
import { crossEntropy } from "../losses/crossEntropy.ts";
import { meanSquaredError } from "../losses/meanSquaredError.ts";
import { add, mul } from "../ops/elementwise.ts";
import { reshape } from "../ops/layout.ts";
import type { BatchSource } from "./batchSource.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

export const TIME = 11;
export const FEATURES = 5;

/** A small Transformer with a class head and a return head, for tests. */
export function tinyTransformer(
  options: { dropout?: number; batch?: number; seed?: number } = {},
): TrainingSpec {
  const { dropout = 0.1, batch = 8, seed = 3 } = options;
  return {
    network: (g, x) => {
      const config = { width: 16, blocks: 2, heads: 2, feedForward: 32, dropout };
      const { pooled } = transformerEncoder(g, x, config);
      return {
        logits: linear(g, pooled, "class", 3),
        value: reshape(g, linear(g, pooled, "return", 1), ["rest"]),
      };
    },
    input: { time: TIME, features: FEATURES },
    targets: { label: { shape: [], dtype: "int32" }, value: { shape: [], dtype: "float32" } },
    loss: (g, outputs, targets) => ({
      loss: add(
        g,
        crossEntropy(g, outputs.logits!, targets.label!),
        mul(g, meanSquaredError(g, outputs.value!, targets.value!), 0.1),
      ),
      metrics: { accuracy: accuracy(g, outputs.logits!, targets.label!) },
    }),
    optimizer: { learningRate: 3e-3, weightDecay: 1e-4 },
    clipNorm: 1,
    batch,
    seed,
    threads: 1,
  };
}

/** Overlapping windows of a wave; the label is a third of the phase that only the whole window shows. */
export function waveSource(rows: number): BatchSource {
  const value = (t: number, f: number) =>
    Math.sin(0.37 * t * (f + 1) + f) + Math.sin(1.7 * t + 0.3 * f) * 0.5;
  return {
    rows,
    gather: (picked, into) => {
      picked.forEach((row, i) => {
        for (let t = 0; t < TIME; t++)
          for (let f = 0; f < FEATURES; f++) into.x[(i * TIME + t) * FEATURES + f] = value(row + t, f);
        into.targets.label![i] = (row * 7 + ((row / 3) | 0)) % 3;
        into.targets.value![i] = Math.sin(row);
      });
    },
  };
}
