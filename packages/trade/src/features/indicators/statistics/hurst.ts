import { z } from "zod";
import { FLAT } from "../flat.ts";
import { logPrices } from "../logRatio.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";
import { lineRemainder } from "./lineRemainder.ts";

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
 * and in windows that do not overlap. O(1) a bar and scale by `lineRemainder`.
 */
export function hurst(close: Float64Array, period = 256): Float64Array {
  const level = logPrices(close);
  const scales: number[] = [];
  for (let m = SMALLEST_SCALE; m <= period / 4; m *= 2) scales.push(m);
  const fluctuations = scales.map((m) => {
    const squares = lineRemainder(level, m);
    return sma(squares, period - m + 1, squares);
  });
  const middle = (scales.length - 1) / 2;
  const spread = scales.reduce((sum, _, s) => sum + (s - middle) ** 2, 0);
  // The scales' logarithms are evenly spaced by ln 2, so that the weights of a scale and its mirror cancel: one logarithm for a pair.
  const out = level.fill(0);
  for (let s = 0; s < middle; s++) {
    const small = fluctuations[s]!;
    const large = fluctuations[scales.length - 1 - s]!;
    const weight = (middle - s) / (2 * spread * Math.LN2);
    for (let t = 0; t < out.length; t++) out[t]! += weight * Math.log(large[t]! / small[t]!);
  }
  for (const squares of fluctuations) {
    for (let t = 0; t < out.length; t++) if (squares[t]! <= FLAT * FLAT) out[t] = 0.5;
  }
  return out;
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
