import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { newColumn } from "../newColumn.ts";
import { bars, indicator, number } from "../registry/indicator.ts";

/**
 * Tillson's T3, default 5 and v = 0.7: the generalised double average GD(x) = (1 + v) EMA(x, n) - v EMA(EMA(x, n), n), three
 * times over. Multiplied out, with e1 ... e6 the average taken once to six times:
 *   t3 = -v^3 e6 + 3 (v^2 + v^3) e5 - 3 (2 v^2 + v + v^3) e4 + (1 + 3 v + v^3 + 3 v^2) e3.
 * NaN before row 6(n-1).
 * Source: Tillson, Stocks & Commodities 16:1, 1998. TA-Lib is the same. Some scripts take the period of a double-length average
 * or begin with one value; v = 0 is a triple average, v = 1 a triple DEMA.
 */
export function t3(values: Float64Array, period = 5, v = 0.7): Float64Array {
  const v2 = v * v;
  const v3 = v2 * v;
  const weights = [1 + 3 * v + v3 + 3 * v2, -3 * (2 * v2 + v + v3), 3 * (v2 + v3), -v3];
  const average = ema(values, period);
  ema(average, period, "mean", average);
  const out = newColumn(values.length);
  for (const weight of weights) {
    ema(average, period, "mean", average);
    linear(out, 1, average, weight, out);
  }
  return out;
}

export const t3Indicator = indicator({
  name: "t3",
  title: "Tillson's T3",
  formula: "GD(GD(GD(close))), GD(x) = (1 + v) EMA(x, n) - v EMA(EMA(x, n), n)",
  source: "Tillson, Stocks & Commodities 16:1, 1998",
  params: z.strictObject({ period: bars(5), volumeFactor: number(0.7, 0, 1) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ t3: 6 * (period - 1) }),
  lookback: ({ period }) => 6 * emaLookback(period),
  compute: ({ close }, { period, volumeFactor }) => ({ t3: t3(close, period, volumeFactor) }),
});
