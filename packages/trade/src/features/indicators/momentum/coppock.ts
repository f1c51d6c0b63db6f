import { z } from "zod";
import { linear } from "../linear.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { wma } from "../trend/wma.ts";
import { roc } from "./roc.ts";

/**
 * Coppock curve in percent, default 11, 14, 10: WMA(ROC(x, short) + ROC(x, long), n). NaN before row max(short, long) + n - 1.
 * Source: Coppock, Barron's, 1962, for months. The same in StockCharts and TradingView.
 */
export function coppock(values: Float64Array, short = 11, long = 14, period = 10): Float64Array {
  const sum = roc(values, short);
  return wma(linear(sum, 1, roc(values, long), 1, sum), period, sum);
}

export const coppockIndicator = indicator({
  name: "coppock",
  title: "Coppock curve, %",
  formula: "WMA(ROC(close, short) + ROC(close, long), n)",
  source: "Coppock, Barron's, 15 October 1962",
  params: z.strictObject({ short: bars(11), long: bars(14), period: bars(10) }),
  inputs: ["close"],
  outputs: ({ short, long, period }) => ({ coppock: Math.max(short, long) + period - 1 }),
  lookback: ({ short, long, period }) => Math.max(short, long) + period - 1,
  compute: ({ close }, { short, long, period }) => ({ coppock: coppock(close, short, long, period) }),
});
