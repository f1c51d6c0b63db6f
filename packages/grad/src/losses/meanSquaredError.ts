import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape, sameShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { abs, mul, sub } from "../ops/elementwise.ts";
import { reduceMean } from "../ops/reduction.ts";

function difference(g: GraphBuilder, what: string, prediction: Tensor, target: Tensor): Tensor {
  if (!sameShape(prediction.shape, target.shape))
    throw new GradUsageError(
      `${what}: prediction ${describeShape(prediction.shape)} and target ${describeShape(target.shape)} differ`,
    );
  return sub(g, prediction, target);
}

/** Mean of (prediction - target)² over all elements; a scalar. Both tensors have the same shape. */
export function meanSquaredError(g: GraphBuilder, prediction: Tensor, target: Tensor): Tensor {
  const d = difference(g, "meanSquaredError", prediction, target);
  return reduceMean(g, mul(g, d, d));
}

/** Mean of |prediction - target| over all elements; a scalar. */
export function meanAbsoluteError(g: GraphBuilder, prediction: Tensor, target: Tensor): Tensor {
  return reduceMean(g, abs(g, difference(g, "meanAbsoluteError", prediction, target)));
}
