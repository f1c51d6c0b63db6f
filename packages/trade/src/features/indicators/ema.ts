import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";
import { type AverageStart, settlingBars, smooth } from "./smooth.ts";

/**
 * Exponential moving average: ema[t] = ema[t-1] + a (x[t] - ema[t-1]), a = 2 / (n + 1);
 * ema[n-1] is the simple mean of the first n values, rows before are NaN.
 *
 * Source: Appel 1979; the start is that of StockCharts and of TA-Lib's default. Tulip Indicators and Achelis start
 * from the first value alone, TradingView's ta.ema from the mean; after `emaLookback` bars they agree.
 * A value that is not finite restarts the average. `start` "first" begins as Tulip does.
 * The result goes into `out`, which may be `values` itself.
 */
export function ema(
  values: Float64Array,
  period: number,
  start: AverageStart = "mean",
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  requirePeriod(period, "ema");
  return smooth(values, period, 2 / (period + 1), start, out);
}

/** Bars before t on which ema[t] depends: its start and what it needs to forget all but 1e-7 of it. */
export function emaLookback(period: number): number {
  return period - 1 + settlingBars(2 / (period + 1));
}
