import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/**
 * Triangular moving average, default 20: a mean with weights 1, 2, ..., (n+1)/2, ..., 2, 1, the middle of the window weighing
 * most. It is SMA(SMA(x, ceil(n/2)), floor(n/2) + 1) for every n. NaN before row n-1.
 * Source: Achelis, Technical Analysis from A to Z, "Moving averages". The same in TA-Lib and Tulip; TradingView's scripts often
 * take SMA(SMA(x, n), n), a window of 2n-1.
 */
export function trima(values: Float64Array, period: number): Float64Array {
  const once = sma(values, Math.ceil(period / 2));
  return sma(once, Math.floor(period / 2) + 1, once);
}

export const trimaIndicator = indicator({
  name: "trima",
  title: "Triangular moving average",
  formula: "SMA(SMA(close, ceil(n/2)), floor(n/2) + 1)",
  source: "Achelis, Technical Analysis from A to Z, 'Moving averages'",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ trima: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period }) => ({ trima: trima(close, period) }),
});
