import { finiteOrNaN } from "./finite.ts";
import { newColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";

/**
 * Change over `periods` bars as a fraction: x[t] / x[t-periods] - 1; NaN before row `periods` and where the base
 * is not above 0. Source: Achelis, "Price rate-of-change"; TA-Lib ROCP. TradingView's ta.roc is 100 times as much.
 */
export function pctChange(values: Float64Array, periods = 1): Float64Array {
  requirePeriod(periods, "pctChange");
  const out = newColumn(values.length);
  out.fill(Number.NaN, 0, periods);
  for (let t = periods; t < out.length; t++) {
    const before = values[t - periods]!;
    out[t] = before > 0 ? finiteOrNaN((values[t]! - before) / before) : Number.NaN;
  }
  return out;
}
