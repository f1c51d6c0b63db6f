import { z } from "zod";
import { scaled } from "../linear.ts";
import { pctChange } from "../pctChange.ts";
import { bars, indicator } from "../registry/indicator.ts";

/**
 * Rate of change in percent: 100 (x[t] / x[t-n] - 1). NaN before row n and where the base is not above 0.
 * Source: Achelis, "Price rate-of-change". TA-Lib ROC and TradingView are the same, Tulip and TA-Lib ROCP give it as a fraction.
 */
export function roc(values: Float64Array, period: number): Float64Array {
  const out = pctChange(values, period);
  return scaled(out, 100, 0, out);
}

export const rocIndicator = indicator({
  name: "roc",
  title: "Rate of change, %",
  formula: "100 (close[t] / close[t-n] - 1)",
  source: "Achelis, Technical Analysis from A to Z, 'Price rate-of-change'",
  params: z.strictObject({ period: bars(12) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ roc: period }),
  lookback: ({ period }) => period,
  compute: ({ close }, { period }) => ({ roc: roc(close, period) }),
});
