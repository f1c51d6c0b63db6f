import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, exp, max, mul, neg, pow, sub } from "../ops/elementwise.ts";
import { oneHot } from "../ops/indexing.ts";
import { reshape } from "../ops/layout.ts";
import { logSoftmax } from "../ops/normalization.ts";
import { reduceMean, reduceSum } from "../ops/reduction.ts";

export interface CrossEntropyOptions {
  /** Weight of each class [C]; the loss is then divided by the mean weight of the batch's labels. */
  classWeights?: readonly number[];
  /** γ of the focal loss (Lin et al. 2017): each row is multiplied by (1 - p)^γ, p the label's probability. */
  focalGamma?: number;
  /** ε of label smoothing (Szegedy et al. 2016): the target is (1-ε)·one-hot + ε/C. */
  labelSmoothing?: number;
}

/**
 * Mean over the rows of w_y · (1 - p_y)^γ · -Σ_c q_c log p_c with p = softmax(logits) and q the smoothed one-hot
 * label, divided by the mean of w_y. logits [B, C], labels [B] int32; a scalar.
 */
export function crossEntropy(
  g: GraphBuilder,
  logits: Tensor,
  labels: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const { classWeights, focalGamma = 0, labelSmoothing = 0 } = options;
  const classes = logits.shape.at(-1)!;
  if (logits.shape.length !== 2 || labels.shape.length !== 1)
    throw new GradUsageError(
      `crossEntropy: logits ${describeShape(logits.shape)} have to be [B, C], labels ${describeShape(labels.shape)} [B]`,
    );
  if (
    classWeights &&
    (classWeights.length !== classes || classWeights.some((w) => !(w >= 0 && w < Infinity)))
  )
    throw new GradUsageError(`crossEntropy: ${classes} class weights, finite and not negative, are needed`);
  if (!(focalGamma >= 0) || !(labelSmoothing >= 0 && labelSmoothing < 1))
    throw new GradUsageError("crossEntropy: focalGamma >= 0 and 0 <= labelSmoothing < 1");

  const hot = oneHot(g, labels, classes);
  const logProbabilities = logSoftmax(g, logits);
  const target = labelSmoothing > 0 ? add(g, mul(g, hot, 1 - labelSmoothing), labelSmoothing / classes) : hot;
  let rows = neg(g, reduceSum(g, mul(g, target, logProbabilities), 1));
  if (focalGamma > 0) {
    const probability = exp(g, reduceSum(g, mul(g, hot, logProbabilities), 1));
    // Below 1e-6 the modulating factor is held: a power of 1 - p = 0, or less by rounding, has no finite slope.
    const rest = max(g, sub(g, 1, probability), 1e-6);
    rows = mul(g, rows, pow(g, rest, focalGamma));
  }
  if (!classWeights) return reduceMean(g, rows);
  const weights = reduceSum(g, mul(g, hot, reshape(g, g.constant(classWeights), [1, classes])), 1);
  return div(g, reduceMean(g, mul(g, rows, weights)), reduceMean(g, weights));
}
