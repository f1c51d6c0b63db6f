import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";
import { settlingBars, smooth } from "./smooth.ts";

/**
 * Wilder's smoothing: w[t] = w[t-1] + (x[t] - w[t-1]) / n; w[n-1] is the simple mean of the first n values.
 * Source: Wilder, New Concepts in Technical Trading Systems, 1978. The same as TradingView's ta.rma; an exponential
 * average of 2n-1 bars by another name. A value that is not finite restarts it.
 * The result goes into `out`, which may be `values` itself.
 */
export function wilder(
  values: Float64Array,
  period: number,
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  requirePeriod(period, "wilder");
  return smooth(values, period, 1 / period, "mean", out);
}

/** Bars before t on which wilder[t] depends: its start and what it needs to forget all but 1e-7 of it. */
export function wilderLookback(period: number): number {
  return period - 1 + settlingBars(1 / period);
}
