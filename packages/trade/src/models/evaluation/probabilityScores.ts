import { requireClass } from "./confusionMatrix.ts";

/** The smallest probability that log loss reckons with: that of a 32-bit float next to 1, so one sure error is not infinite. */
const LEAST = 2 ** -23;

/** [N] -ln p(actual class) of each row; see `logLoss`. @param probabilities [N, K] row by row */
export function logLosses(
  actual: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): Float64Array {
  return Float64Array.from({ length: actual.length }, (_, i) => {
    const p = probabilities[i * classes + requireClass(actual[i]!, classes, "actual", i)]!;
    return -Math.log(Math.min(1, Math.max(p, LEAST)));
  });
}

/**
 * Mean of -ln p(actual class), natural logarithm; 0 for a perfect model, ln K for one that knows nothing.
 * Source: Good 1952; scikit-learn's `log_loss` (which clips at the epsilon of the input's type too).
 * @param probabilities [N, K] row by row
 */
export function logLoss(
  actual: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): number {
  return logLosses(actual, probabilities, classes).reduce((a, b) => a + b, 0) / actual.length;
}

/**
 * Mean over rows of the sum over classes of (p - 1[actual])^2, from 0 to 2: Brier's own score (1950). For two classes
 * it is twice the half that is often quoted.
 * @param probabilities [N, K] row by row
 */
export function brierScore(
  actual: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) {
    const truth = requireClass(actual[i]!, classes, "actual", i);
    for (let c = 0; c < classes; c++) sum += (probabilities[i * classes + c]! - (c === truth ? 1 : 0)) ** 2;
  }
  return sum / actual.length;
}
