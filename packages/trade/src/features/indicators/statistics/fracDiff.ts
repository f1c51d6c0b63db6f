import { z } from "zod";
import { logPrices } from "../logRatio.ts";
import { newColumn } from "../newColumn.ts";
import { indicator, number } from "../registry/indicator.ts";

/**
 * Weights of (1 - B)^d, B the shift by one bar: w[0] = 1, w[k] = -w[k-1] (d - k + 1) / k, up to the last whose size is at least
 * `threshold`.
 */
export function fracDiffWeights(d: number, threshold: number): Float64Array {
  const weights = [1];
  for (let k = 1; ; k++) {
    const next = (-weights[k - 1]! * (d - k + 1)) / k;
    if (!(Math.abs(next) >= threshold)) return Float64Array.from(weights);
    weights.push(next);
  }
}

/**
 * Fractionally differenced log price with a window of fixed width, default d 0.4 and threshold 0.001 (55 bars): sum of w[k] ln close[t-k]
 * over the weights of (1 - B)^d that are at least the threshold. d 0 is the log price, 1 the log return; between them most of the memory
 * of the level is kept by a column that need not wander for ever. NaN before row width-1. O(width) a bar: no shorter recursion exists.
 *
 * Source: Lopez de Prado, Advances in Financial Machine Learning, 2018, chapter 5, snippet 5.3 (FFD), which has a default of 1e-5: 1,458 bars of
 * warm-up at this d. An expanding window (his snippet 5.2) drifts with its length, so that a row depends on where the history begins.
 */
export function fracDiff(close: Float64Array, d = 0.4, threshold = 1e-3): Float64Array {
  const level = logPrices(close);
  const weights = fracDiffWeights(d, threshold);
  const width = weights.length;
  const out = newColumn(close.length);
  out.fill(Number.NaN, 0, width - 1);
  let t = width - 1;
  // Four rows side by side: an addition need not wait for the one before it. Each row adds in the same order as alone.
  for (; t + 3 < out.length; t += 4) {
    let [a, b, c, e] = [0, 0, 0, 0];
    for (let k = 0; k < width; k++) {
      const weight = weights[k]!;
      a += weight * level[t - k]!;
      b += weight * level[t - k + 1]!;
      c += weight * level[t - k + 2]!;
      e += weight * level[t - k + 3]!;
    }
    out[t] = a;
    out[t + 1] = b;
    out[t + 2] = c;
    out[t + 3] = e;
  }
  for (; t < out.length; t++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += weights[k]! * level[t - k]!;
    out[t] = sum;
  }
  return out;
}

export const fracDiffIndicator = indicator({
  name: "fracDiff",
  aliases: ["ffd"],
  title: "Fractionally differenced log price, fixed-width window",
  formula:
    "sum over k of w[k] ln close[t-k], w[0] = 1, w[k] = -w[k-1] (d - k + 1)/k while |w[k]| >= threshold",
  source: "Lopez de Prado, Advances in Financial Machine Learning, 2018, chapter 5",
  params: z.strictObject({ d: number(0.4, 0, 2), threshold: number(1e-3, 1e-5, 1) }),
  inputs: ["close"],
  outputs: ({ d, threshold }) => ({ fracDiff: fracDiffWeights(d, threshold).length - 1 }),
  lookback: ({ d, threshold }) => fracDiffWeights(d, threshold).length - 1,
  compute: ({ close }, { d, threshold }) => ({ fracDiff: fracDiff(close, d, threshold) }),
});
