import { abs, type GraphBuilder, min, mul, reduceMean, sub, type Tensor } from "@orion/grad";
import type { ReturnLoss } from "./trainingKeys.ts";

/**
 * Mean over all elements of v l(d): l(d) = d², or Huber's loss: d² / 2 where |d| <= delta, else delta (|d| - delta / 2).
 * @param error d, [B] or [B, K] @param rowWeights v, [B] or [B, 1] @returns a scalar
 */
export function weightedError(g: GraphBuilder, error: Tensor, rowWeights: Tensor, kind: ReturnLoss): Tensor {
  if (kind.kind === "squared") return reduceMean(g, mul(g, rowWeights, mul(g, error, error)));
  const size = abs(g, error);
  const near = min(g, size, kind.delta);
  return reduceMean(g, mul(g, rowWeights, mul(g, near, sub(g, size, mul(g, near, 0.5)))));
}
