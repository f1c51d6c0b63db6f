import { finiteOrNaN } from "./finite.ts";
import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";

/**
 * Sum of the last `period` values: s[t] = x[t-period+1] + ... + x[t]; NaN before row period-1.
 *
 * The window is cut where a block of `period` rows begins: its older part is a suffix of the block before,
 * its newer part a prefix of the current one (van Herk 1992, Gil and Werman 1993). Nothing is ever subtracted,
 * so errors do not add up over millions of bars, sums of non-negative values never turn negative, and a NaN,
 * an infinity or an enormous value is forgotten with the window that held it. O(1) a bar, one pass.
 * A sum that is not finite is NaN. The result goes into `out`, which may be `values` itself.
 */
export function rollingSum(
  values: Float64Array,
  period: number,
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  requirePeriod(period, "rollingSum");
  return rollingSumOver(values, period, 1, out);
}

/** The sums of `rollingSum` over `divisor`, in one pass. */
export function rollingSumOver(
  values: Float64Array,
  period: number,
  divisor: number,
  out: Float64Array,
): Float64Array {
  const length = values.length;
  const size = Math.min(period, length) + 1;
  // The sums of the last rows of the block before, and those of the current one, taken before `out` covers it.
  let older = new Float64Array(size);
  let newer = new Float64Array(size);
  for (let start = 0; start < length; start += period) {
    const rows = Math.min(period, length - start);
    let tail = 0;
    for (let j = rows - 1; j > 0; j--) {
      tail += values[start + j]!;
      newer[j] = tail;
    }
    let prefix = 0;
    for (let j = 0; j < rows; j++) {
      prefix += values[start + j]!;
      out[start + j] = finiteOrNaN(older[j + 1]! + prefix) / divisor;
    }
    [older, newer] = [newer, older];
    older[rows] = 0;
  }
  out.fill(Number.NaN, 0, period - 1);
  return out;
}
