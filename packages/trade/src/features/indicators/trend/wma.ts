import { z } from "zod";
import { scaled } from "../linear.ts";
import { newColumn } from "../newColumn.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingWeightedSum } from "../rollingWeighted.ts";

/**
 * Linearly weighted moving average, default 20: wma[t] = (n x[t] + (n-1) x[t-1] + ... + 1 x[t-n+1]) / (n (n+1) / 2).
 * NaN before row n-1. The result goes into `out`, which may be `values` itself.
 * Source: Achelis, Technical Analysis from A to Z, "Moving averages". The same in TA-Lib, Tulip and TradingView.
 */
export function wma(
  values: Float64Array,
  period: number,
  out: Float64Array = newColumn(values.length),
): Float64Array {
  const total = (period * (period + 1)) / 2;
  return scaled(rollingWeightedSum(values, period, out), 1 / total, 0, out);
}

export const wmaIndicator = indicator({
  name: "wma",
  aliases: ["lwma"],
  title: "Weighted moving average",
  formula: "(n close[t] + (n-1) close[t-1] + ... + 1 close[t-n+1]) / (n (n+1) / 2)",
  source: "Achelis, Technical Analysis from A to Z, 'Moving averages'",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ wma: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period }) => ({ wma: wma(close, period) }),
});
