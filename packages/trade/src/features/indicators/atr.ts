import { finiteOrNaN, isFiniteNumber } from "./finite.ts";
import { rawColumn } from "./newColumn.ts";
import { anew, type Once } from "./once.ts";
import { requirePeriod, requireSameLength } from "./requirePeriod.ts";
import { wilder } from "./wilder.ts";

/**
 * True range: tr[t] = max(high, close[t-1]) - min(low, close[t-1]), which is the greatest of high-low,
 * |high - close[t-1]| and |low - close[t-1]|. Without a previous close (first row, after a missing bar) it is high-low.
 * Source: Wilder 1978. TA-Lib leaves the first row out.
 */
export function trueRange(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  requireSameLength("trueRange", high, low, close);
  const out = rawColumn(high.length);
  for (let t = 0; t < out.length; t++) {
    const before = t > 0 && isFiniteNumber(close[t - 1]!) ? close[t - 1]! : low[t]!;
    const range = Math.max(high[t]!, before) - Math.min(low[t]!, before);
    out[t] = range >= 0 ? finiteOrNaN(range) : Number.NaN;
  }
  return out;
}

/**
 * Average true range in units of price, default 14: Wilder's average of the true range, NaN before row n-1.
 * Source: Wilder 1978; the start, the mean of the first n ranges with high-low as the very first, is that of StockCharts
 * and of TradingView's ta.atr. TA-Lib leaves the first bar out and begins one row later.
 */
export function atr(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 14,
  once: Once = anew,
): Float64Array {
  requirePeriod(period, "atr");
  return wilder(once(trueRange, high, low, close), period);
}
