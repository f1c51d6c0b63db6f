import { UsageError } from "../../core/errors.ts";

/**
 * Takes the class weights of the training back out of the probabilities: a network trained with the loss of class c
 * weighted by w[c] learns q[c] proportional to w[c] p[c], so p[c] = (q[c] / w[c]) / sum over j of (q[j] / w[j]).
 *
 * Source: Elkan, The Foundations of Cost-Sensitive Learning, 2001, theorem 2, for any number of classes as in
 * Saerens, Latinne and Decaestecker 2002, equation 4. Equal weights change nothing.
 *
 * @param probabilities [N, K] row by row; a row that is not made of finite shares above 0 in sum becomes NaN
 * @returns [N, K], rows adding up to 1; the input is left as it is
 * @throws UsageError unless there are K finite weights above 0
 */
export function priorCorrect(
  probabilities: ArrayLike<number>,
  classWeights: readonly number[],
): Float32Array {
  const k = classWeights.length;
  if (k === 0 || probabilities.length % k !== 0) {
    throw new UsageError(`priorCorrect: ${k} class weights do not fit ${probabilities.length} probabilities`);
  }
  for (const weight of classWeights) {
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new UsageError(`priorCorrect: a class weight of ${weight} is not possible: give numbers > 0`);
    }
  }
  const out = new Float32Array(probabilities.length);
  const share = new Float64Array(k);
  for (let row = 0; row < out.length; row += k) {
    let sum = 0;
    for (let c = 0; c < k; c++) {
      const q = probabilities[row + c]!;
      share[c] = q >= 0 ? q / classWeights[c]! : Number.NaN;
      sum += share[c]!;
    }
    for (let c = 0; c < k; c++) out[row + c] = sum > 0 && Number.isFinite(sum) ? share[c]! / sum : Number.NaN;
  }
  return out;
}
