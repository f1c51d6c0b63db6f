import { isFiniteNumber } from "./finite.ts";
import { rawColumn } from "./newColumn.ts";

/** The share of its starting value that a smoothed average may still carry when it counts as settled. */
const SETTLED = 1e-7;

/** Whether an average begins with the mean of its first n values, or with the first alone as Tulip does. */
export type AverageStart = "mean" | "first";

/**
 * Exponential smoothing y[t] = y[t-1] + alpha (x[t] - y[t-1]), started by the mean of the first `period` values;
 * NaN before, also where `start` "first" takes the first value alone. A value that is not finite ends the average: it starts anew from the next `period` finite values,
 * because the average across a hole would be a number that looks right. The result goes into `out`, which may be `values` itself.
 */
export function smooth(
  values: Float64Array,
  period: number,
  alpha: number,
  start: AverageStart = "mean",
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  const averaged = start === "mean" ? period : 1;
  let seen = 0;
  let level = 0;
  for (let t = 0; t < values.length; t++) {
    const x = values[t]!;
    if (seen >= period) {
      const next = level + alpha * (x - level);
      if (isFiniteNumber(next)) {
        level = next;
        out[t] = next;
        continue;
      }
    }
    if (!isFiniteNumber(x)) {
      seen = 0;
      out[t] = Number.NaN;
      continue;
    }
    seen++;
    if (seen === 1) level = x;
    // The mean of the first values as a running mean: a sum of enormous values would overflow.
    else level += seen <= averaged ? (x - level) / seen : alpha * (x - level);
    out[t] = seen >= period && isFiniteNumber(level) ? level : Number.NaN;
  }
  return out;
}

/** Bars after the first average until less than 1e-7 of the starting mean is left in it. */
export function settlingBars(alpha: number): number {
  return alpha >= 1 ? 0 : Math.ceil(Math.log(SETTLED) / Math.log1p(-alpha));
}
