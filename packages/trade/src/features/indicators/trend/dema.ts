import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * Double exponential moving average, default 20: dema = 2 e1 - e2, where e1 = EMA(x, n) and e2 = EMA(e1, n): the average
 * plus an estimate of its own lag. NaN before row 2(n-1).
 * Source: Mulloy, Stocks & Commodities 12:1, 1994. TA-Lib begins each average with the mean of its first n values and so
 * does Orion; Tulip begins each with its first value (`start` first), TradingView like TA-Lib.
 */
export function dema(values: Float64Array, period: number, start: AverageStart = "mean"): Float64Array {
  const once = ema(values, period, start);
  const twice = ema(once, period, start);
  return linear(once, 2, twice, -1, twice);
}

export const demaIndicator = indicator({
  name: "dema",
  title: "Double exponential moving average",
  formula: "2 e1 - e2, e1 = EMA(close, n), e2 = EMA(e1, n)",
  source: "Mulloy, Stocks & Commodities 12:1, 1994",
  params: z.strictObject({ period: bars(20), start: averageStart() }),
  inputs: ["close"],
  outputs: ({ period }) => ({ dema: 2 * (period - 1) }),
  lookback: ({ period }) => 2 * emaLookback(period),
  compute: ({ close }, { period, start }) => ({ dema: dema(close, period, start) }),
});
