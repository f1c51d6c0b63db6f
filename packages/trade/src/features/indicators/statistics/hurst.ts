import { z } from "zod";
import { FLAT } from "../flat.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMoments } from "../rollingMoments.ts";
import { rollingWeighted } from "../rollingWeighted.ts";
import { sma } from "../sma.ts";

/** Below eight bars a straight line fits whatever there is, and the exponent comes out too high. */
const SMALLEST_SCALE = 8;

/**
 * Hurst exponent by detrended fluctuation analysis (DFA-1) of the last n log prices y = ln close, default 256:
 *   F(m)^2 = mean, over all n-m+1 windows of m bars in the n, of the variance that is left around the window's line of least squares,
 *   hurst = slope of ln F(m) on ln m for m = 8, 16, 32, ... up to n/4.
 * 0.5 is a random walk, above it moves go on, below they turn back. NaN before row n-1; 0.5 where nothing moved (F below 1e-9). Over 256
 * bars of a random walk its own deviation is 0.07 (600 drawn): small differences mean nothing.
 *
 * Source: Peng et al., Physical Review E 49:2, 1994, whose profile, the running sum of returns, is the log price itself. DFA and not
 * Hurst's R/S, which lies far above 0.5 for short walks without memory and needs all m bars again in every row; libraries differ in the scales
 * and in windows that do not overlap. The variance around the line is var(y) - slope^2 (m^2-1)/12, O(1) a bar and scale.
 */
export function hurst(close: Float64Array, period = 256): Float64Array {
  const level = close.map((price) => (price > 0 ? Math.log(price) : Number.NaN));
  const scales: number[] = [];
  for (let m = SMALLEST_SCALE; m <= period / 4; m *= 2) scales.push(m);
  const fluctuations = scales.map((m) => sma(remainder(level, m), period - m + 1));
  const middle = scales.reduce((sum, m) => sum + Math.log(m), 0) / scales.length;
  const spread = scales.reduce((sum, m) => sum + (Math.log(m) - middle) ** 2, 0);
  return close.map((_, t) => {
    let slope = 0;
    for (let s = 0; s < scales.length; s++) {
      const square = fluctuations[s]![t]!;
      if (square <= FLAT * FLAT) return 0.5;
      slope += (Math.log(scales[s]!) - middle) * 0.5 * Math.log(square);
    }
    return slope / spread;
  });
}

/** The variance around the line of least squares through the last m values, at least 0. */
function remainder(values: Float64Array, m: number): Float64Array {
  const { deviation } = rollingMoments(values, m, 0);
  const { sum, weighted } = rollingWeighted(values, m);
  const ofTime = (m * m - 1) / 12;
  return deviation.map((s, t) => {
    const slope = (weighted[t]! - (sum[t]! * (m + 1)) / 2) / (m * ofTime);
    return Math.max(0, s * s - slope * slope * ofTime);
  });
}

export const hurstIndicator = indicator({
  name: "hurst",
  aliases: ["dfa"],
  title: "Hurst exponent by detrended fluctuation analysis",
  formula:
    "slope of ln F(m) on ln m, m = 8, 16, ... n/4, F(m)^2 the mean variance of ln close around lines over m bars",
  source: "Peng et al., Physical Review E 49:2, 1994",
  params: z.strictObject({ period: bars(256, 64) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ hurst: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period }) => ({ hurst: hurst(close, period) }),
});
