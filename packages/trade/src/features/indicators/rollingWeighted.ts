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
  requirePeriod(period, "rollingWeighted");
  const length = values.length;
  const sum = new Float64Array(length);
  const weighted = new Float64Array(length);
  const size = Math.min(period, length) + 1;
  const suffixSum = new Float64Array(size);
  const suffixWeighted = new Float64Array(size);
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    let newerSum = 0;
    let newerWeighted = 0;
    for (let t = start; t < end; t++) {
      const newer = t - start + 1;
      newerSum += values[t]!;
      newerWeighted += newer * values[t]!;
      const early = start === 0 && newer < period;
      const s = suffixSum[newer]! + newerSum;
      const w = suffixWeighted[newer]! + (period - newer) * newerSum + newerWeighted;
      const valid = !early && Number.isFinite(s) && Number.isFinite(w);
      sum[t] = valid ? s : Number.NaN;
      weighted[t] = valid ? w : Number.NaN;
    }
    if (end - start < period) break;
    let olderSum = 0;
    let olderWeighted = 0;
    suffixSum[period] = 0;
    suffixWeighted[period] = 0;
    for (let j = period - 1; j > 0; j--) {
      olderSum += values[start + j]!;
      olderWeighted += olderSum;
      suffixSum[j] = olderSum;
      suffixWeighted[j] = olderWeighted;
    }
  }
  return { sum, weighted };
}
