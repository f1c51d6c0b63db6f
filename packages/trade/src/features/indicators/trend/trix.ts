import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { roc } from "../momentum/roc.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * TRIX in percent, default 15: trix[t] = 100 (e[t] / e[t-1] - 1), e = EMA(EMA(EMA(x, n), n), n). NaN before row 3(n-1)+1 and where
 * e[t-1] is not above 0.
 * Source: Hutson, Stocks & Commodities 1:5, 1983; Achelis. TA-Lib and StockCharts are the same; Tulip and Achelis' example begin
 * each average with its first value (`start` first); TradingView takes 10,000 times the change of the averaged logarithm.
 */
export function trix(values: Float64Array, period = 15, start: AverageStart = "mean"): Float64Array {
  const thrice = ema(values, period, start);
  for (let again = 0; again < 2; again++) ema(thrice, period, start, thrice);
  return roc(thrice, 1);
}

export const trixIndicator = indicator({
  name: "trix",
  title: "Rate of change of a triple exponential average, %",
  formula: "100 (e[t] / e[t-1] - 1), e = EMA(EMA(EMA(close, n), n), n)",
  source: "Hutson, Stocks & Commodities 1:5, 1983",
  params: z.strictObject({ period: bars(15), start: averageStart() }),
  inputs: ["close"],
  outputs: ({ period }) => ({ trix: 3 * (period - 1) + 1 }),
  lookback: ({ period }) => 3 * emaLookback(period) + 1,
  compute: ({ close }, { period, start }) => ({ trix: trix(close, period, start) }),
});
