import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";
import { rollingSumOver } from "./rollingSum.ts";

/**
 * Simple moving average: sma[t] = (x[t-n+1] + ... + x[t]) / n; NaN before row n-1.
 * Source: Achelis, Technical Analysis from A to Z, "Moving averages". The same in TA-Lib (SMA) and TradingView (ta.sma).
 * The result goes into `out`, which may be `values` itself.
 */
export function sma(
  values: Float64Array,
  period: number,
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  requirePeriod(period, "sma");
  return rollingSumOver(values, period, period, out);
}
