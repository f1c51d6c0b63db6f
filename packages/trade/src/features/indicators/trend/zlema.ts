import { z } from "zod";
import { delayed } from "../delayed.ts";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { bars, indicator } from "../registry/indicator.ts";

/**
 * Zero-lag exponential moving average, default 20: zlema = EMA(x[t] + (x[t] - x[t-k]), n), k = floor((n-1)/2), the lag of the
 * average, which is added as the move that it misses. NaN before row k + n - 1.
 * Source: Ehlers and Way, "Zero lag (well, almost)", Stocks & Commodities 28:12, 2010. Tulip begins with the single value
 * x[k-1] instead of a mean; after the settling of the average they agree.
 */
export function zlema(values: Float64Array, period: number): Float64Array {
  const lag = lagOf(period);
  const ahead = delayed(values, lag);
  return ema(linear(values, 2, ahead, -1, ahead), period, "mean", ahead);
}

export const zlemaIndicator = indicator({
  name: "zlema",
  title: "Zero-lag exponential moving average",
  formula: "EMA(2 close[t] - close[t-k], n), k = floor((n-1)/2)",
  source: "Ehlers and Way, Stocks & Commodities 28:12, 2010",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ zlema: lagOf(period) + period - 1 }),
  lookback: ({ period }) => lagOf(period) + emaLookback(period),
  compute: ({ close }, { period }) => ({ zlema: zlema(close, period) }),
});

function lagOf(period: number): number {
  return Math.floor((period - 1) / 2);
}
