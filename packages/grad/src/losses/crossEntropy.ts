import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape, sameShape } from "../graph/shape.ts";
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
  /** Weight v of each row [B], beside that of its class; 1 each unless given. No divisor holds it. */
  rowWeights?: Tensor | undefined;
}

/**
 *   Σ_b v_b w_y(b) (1 - p_y(b))^γ · -Σ_c q_c log p_c / Σ_b w_y(b),   p = softmax(logits), q the smoothed one-hot label
 *
 * The row weights v stand in the sum and not below it: a row of weight 2 has twice the gradient of one of weight 1 in
 * whatever batch it comes, where a division by the batch's own Σ v w would let a batch of light rows count as much as one of
 * heavy ones. With v of mean 1 within each class the expected gradient is that of all rows weighed by v.
 *
 * @param logits [B, C] @param labels [B] int32 @returns a scalar
 * @throws GradUsageError for other shapes, row weights that are not [B], class weights that are not C or not finite and >= 0,
 *   γ < 0, or ε outside [0, 1)
 */
export function crossEntropy(
  g: GraphBuilder,
  logits: Tensor,
  labels: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const { classWeights, focalGamma = 0, labelSmoothing = 0, rowWeights } = options;
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
  if (rowWeights && !sameShape(rowWeights.shape, labels.shape))
    throw new GradUsageError(
      `crossEntropy: row weights ${describeShape(rowWeights.shape)} have to be ${describeShape(labels.shape)}, one a label`,
    );

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
  if (!classWeights) return reduceMean(g, rowWeights ? mul(g, rows, rowWeights) : rows);
  const ofClass = reduceSum(g, mul(g, hot, reshape(g, g.constant(classWeights), [1, classes])), 1);
  const weights = rowWeights ? mul(g, rowWeights, ofClass) : ofClass;
  return div(g, reduceMean(g, mul(g, rows, weights)), reduceMean(g, ofClass));
}
