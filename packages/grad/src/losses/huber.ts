import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape, sameShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { abs, min, mul, sub } from "../ops/elementwise.ts";
import { reduceMean } from "../ops/reduction.ts";

/**
 * Mean over all elements of ½ d² where |d| ≤ δ, else δ (|d| - ½ δ), with d = prediction - target (Huber 1964): one
 * outlier pulls with δ at most. As c (|d| - ½ c) with c = min(|d|, δ). Both tensors have the same shape; a scalar.
 */
export function huber(g: GraphBuilder, prediction: Tensor, target: Tensor, delta = 1): Tensor {
  if (!sameShape(prediction.shape, target.shape))
    throw new GradUsageError(
      `huber: prediction ${describeShape(prediction.shape)} and target ${describeShape(target.shape)} differ`,
    );
  if (!(delta > 0) || !Number.isFinite(delta))
    throw new GradUsageError(`huber: delta has to be positive and finite, not ${delta}`);
  const d = abs(g, sub(g, prediction, target));
  const c = min(g, d, delta);
  return reduceMean(g, mul(g, c, sub(g, d, mul(g, c, 0.5))));
}
