import {
  abs,
  add,
  div,
  exp,
  type GraphBuilder,
  logSoftmax,
  max,
  min,
  mul,
  neg,
  oneHot,
  pow,
  reduceMean,
  reduceSum,
  reshape,
  sub,
  type Tensor,
} from "@orion/grad";
import type { ReturnLoss } from "./trainingKeys.ts";

export interface WeightedEntropyOptions {
  readonly classWeights: readonly number[];
  /** γ of the focal loss (Lin et al. 2017, arXiv 1708.02002) */
  readonly focalGamma?: number;
  /** ε of label smoothing (Szegedy et al. 2016, arXiv 1512.00567) */
  readonly labelSmoothing?: number;
}

/**
 * Cross entropy with a weight v of each row beside those of the classes w:
 *
 *   Σ_b v_b w_y(b) (1 - p_y)^γ · -Σ_c q_c log p_c / Σ_b w_y(b),   p = softmax(logits), q the smoothed one-hot label
 *
 * The row weights stand in the sum and not below it: a row of weight 2 has twice the gradient of one of weight 1 in whatever batch
 * it comes, where a division by the batch's own Σ v w would let a batch of light rows count as much as one of heavy ones. With
 * v of mean 1 within each class the expected gradient is that of all rows weighed by v; with v = 1 this is `crossEntropy`.
 *
 * @param logits [B, C] @param labels [B] int32 @param rowWeights [B] @returns a scalar
 */
export function weightedCrossEntropy(
  g: GraphBuilder,
  logits: Tensor,
  labels: Tensor,
  rowWeights: Tensor,
  { classWeights, focalGamma = 0, labelSmoothing = 0 }: WeightedEntropyOptions,
): Tensor {
  const classes = classWeights.length;
  const hot = oneHot(g, labels, classes);
  const logProbabilities = logSoftmax(g, logits);
  const target = labelSmoothing > 0 ? add(g, mul(g, hot, 1 - labelSmoothing), labelSmoothing / classes) : hot;
  let rows = neg(g, reduceSum(g, mul(g, target, logProbabilities), 1));
  if (focalGamma > 0) {
    const probability = exp(g, reduceSum(g, mul(g, hot, logProbabilities), 1));
    // the power has no finite slope at 0: a row told with certainty is held just short of it
    rows = mul(g, rows, pow(g, max(g, sub(g, 1, probability), 1e-6), focalGamma));
  }
  const ofClass = reduceSum(g, mul(g, hot, reshape(g, g.constant(classWeights), [1, classes])), 1);
  const weighed = mul(g, rows, mul(g, rowWeights, ofClass));
  return div(g, reduceMean(g, weighed), reduceMean(g, ofClass));
}

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
