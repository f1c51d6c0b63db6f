import { logRatios } from "../logRatio.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { indicator } from "../registry/indicator.ts";
import { estimatorParams, rootMean } from "./yearly.ts";

/**
 * Parkinson's volatility, default 20 bars: sqrt(B / (4 n ln 2) sum ln(high/low)^2) over the last n bars, B the bars of a year
 * (default 1: the volatility of one bar, a fraction). NaN before row n-1. Five times as efficient as closes where the price
 * walks without drift and without gaps; it sees no gap, and reads too low where few trades mark the extremes.
 * Source: Parkinson, Journal of Business 53:1, 1980. The R package TTR has the same estimator, annualised with 260 by default.
 */
export function parkinson(
  high: Float64Array,
  low: Float64Array,
  period = 20,
  barsPerYear = 1,
  once: Once = anew,
): Float64Array {
  const ranges = once(logRatios, high, low);
  const variance = rawColumn(high.length);
  for (let t = 0; t < variance.length; t++) {
    variance[t] = (ranges[t]! * ranges[t]!) / (4 * Math.LN2);
  }
  return rootMean(variance, period, barsPerYear);
}

export const parkinsonIndicator = indicator({
  name: "parkinson",
  title: "Parkinson volatility",
  formula: "sqrt(B / (4 n ln 2) sum ln(high/low)^2), B bars of a year, 1 for a bar's own",
  source: "Parkinson, Journal of Business 53:1, 1980",
  params: estimatorParams(),
  inputs: ["high", "low"],
  outputs: ({ period }) => ({ parkinson: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ high, low }, { period, barsPerYear }, once) => ({
    parkinson: parkinson(high, low, period, barsPerYear, once),
  }),
});
