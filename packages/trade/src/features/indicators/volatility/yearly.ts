import { z } from "zod";
import { bars, number } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/** What the estimators of volatility take: the window, and the bars of a year by which one is annualised (1: a bar's own). */
export function estimatorParams(least = 1) {
  return z.strictObject({ period: bars(20, least), barsPerYear: number(1, 1, 1e7) });
}

/** sqrt(bars of a year times the mean of the last `period` variances); NaN where the mean is below 0, which no sound bar gives. */
export function rootMean(variances: Float64Array, period: number, barsPerYear: number): Float64Array {
  const out = sma(variances, period);
  for (let t = 0; t < out.length; t++) out[t] = Math.sqrt(out[t]! * barsPerYear);
  return out;
}
