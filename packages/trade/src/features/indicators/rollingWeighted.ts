import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";

export interface RollingWeighted {
  /** x[t-n+1] + ... + x[t] */
  readonly sum: Float64Array;
  /** 1 x[t-n+1] + 2 x[t-n+2] + ... + n x[t] */
  readonly weighted: Float64Array;
}

/**
 * Plain and linearly weighted sum of the last `period` values; NaN before row period-1 and while the window holds a value
 * that is not finite. Each window is a suffix of one block of `period` rows and a prefix of the next, whose sums are joined:
 * weighted = suffix weighted + (length of the suffix) (prefix sum) + prefix weighted. Nothing is subtracted, so nothing
 * drifts and no value is remembered beyond its window. O(1) a bar, one pass.
 */
export function rollingWeighted(values: Float64Array, period: number): RollingWeighted {
  const sum = rawColumn(values.length);
  const weighted = rawColumn(values.length);
  weightedSums(values, period, weighted, sum);
  return { sum, weighted };
}

/** The linearly weighted sum alone, as of `rollingWeighted`; the result goes into `out`, which may be `values` itself. */
export function rollingWeightedSum(
  values: Float64Array,
  period: number,
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  weightedSums(values, period, out, out);
  return out;
}

/** Fills `sum`, then `weighted`, row by row: they may be one column, which then holds the weighted sums. */
function weightedSums(values: Float64Array, period: number, weighted: Float64Array, sum: Float64Array): void {
  requirePeriod(period, "rollingWeighted");
  const length = values.length;
  const size = Math.min(period, length) + 1;
  // Of the last rows of the block before, and of the current one, taken before an output covers it.
  let olderSum = new Float64Array(size);
  let olderWeighted = new Float64Array(size);
  let newerSum = new Float64Array(size);
  let newerWeighted = new Float64Array(size);
  for (let start = 0; start < length; start += period) {
    const rows = Math.min(period, length - start);
    let tail = 0;
    let weightedTail = 0;
    for (let j = rows - 1; j > 0; j--) {
      tail += values[start + j]!;
      weightedTail += tail;
      newerSum[j] = tail;
      newerWeighted[j] = weightedTail;
    }
    let prefix = 0;
    let weightedPrefix = 0;
    for (let j = 1; j <= rows; j++) {
      const x = values[start + j - 1]!;
      prefix += x;
      weightedPrefix += j * x;
      const s = olderSum[j]! + prefix;
      const w = olderWeighted[j]! + (period - j) * prefix + weightedPrefix;
      const unknown = s - s + (w - w);
      sum[start + j - 1] = s + unknown;
      weighted[start + j - 1] = w + unknown;
    }
    [olderSum, newerSum] = [newerSum, olderSum];
    [olderWeighted, newerWeighted] = [newerWeighted, olderWeighted];
    olderSum[rows] = 0;
    olderWeighted[rows] = 0;
  }
  sum.fill(Number.NaN, 0, period - 1);
  weighted.fill(Number.NaN, 0, period - 1);
}
