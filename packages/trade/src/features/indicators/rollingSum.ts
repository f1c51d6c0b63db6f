import { requirePeriod } from "./requirePeriod.ts";

/**
 * Sum of the last `period` values: s[t] = x[t-period+1] + ... + x[t]; NaN before row period-1.
 *
 * The window is cut where a block of `period` rows begins: its older part is a suffix of the block before,
 * its newer part a prefix of the current one (van Herk 1992, Gil and Werman 1993). Nothing is ever subtracted,
 * so errors do not add up over millions of bars, sums of non-negative values never turn negative, and a NaN,
 * an infinity or an enormous value is forgotten with the window that held it. O(1) a bar, one pass.
 * A sum that is not finite is NaN.
 */
export function rollingSum(values: Float64Array, period: number): Float64Array {
  requirePeriod(period, "rollingSum");
  const length = values.length;
  const out = new Float64Array(length);
  const suffix = new Float64Array(Math.min(period, length) + 1);
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    let prefix = 0;
    for (let t = start; t < end; t++) {
      prefix += values[t]!;
      const sum = start === 0 && t < period - 1 ? Number.NaN : suffix[t - start + 1]! + prefix;
      out[t] = Number.isFinite(sum) ? sum : Number.NaN;
    }
    if (end - start < period) break;
    let tail = 0;
    suffix[period] = 0;
    for (let j = period - 1; j > 0; j--) {
      tail += values[start + j]!;
      suffix[j] = tail;
    }
  }
  return out;
}
