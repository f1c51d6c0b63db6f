import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";

export interface RollingMoments {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * Mean and standard deviation of the last `period` values; NaN before row period-1 and while the window holds
 * a value that is not finite.
 *
 *   mean[t] = (1/n) sum x,   deviation[t] = sqrt(sum (x - mean)^2 / (n - ddof)),   n = period
 *
 * `ddof` 0 is the deviation of the population (Bollinger 2002; TA-Lib STDDEV), 1 that of a sample (volatility).
 *
 * Each window is the suffix of one block of `period` rows and the prefix of the next; both carry their mean and
 * centred sum of squares (Welford 1962) and are joined by the pairwise rule of Chan, Golub and LeVeque (1983):
 *   M2 = M2a + M2b + (meanB - meanA)^2 na nb / n.
 * No squares of prices are subtracted (a deviation of 0.001 on a price of 60,000 keeps its digits), nothing
 * drifts over millions of bars, and the deviation of a constant window is exactly 0. O(1) a bar, one pass.
 */
export function rollingMoments(values: Float64Array, period: number, ddof: 0 | 1): RollingMoments {
  requirePeriod(period, "rollingMoments", 1 + ddof);
  const length = values.length;
  const mean = rawColumn(length);
  const deviation = rawColumn(length);
  const size = Math.min(period, length) + 1;
  const share = reciprocals(size);
  const suffixMean = new Float64Array(size);
  const suffixSquares = new Float64Array(size);
  const divisor = 1 / (period - ddof);
  for (let start = 0; start < length; start += period) {
    const rows = Math.min(period, length - start);
    let newerMean = 0;
    let newerSquares = 0;
    for (let j = 1; j <= rows; j++) {
      const x = values[start + j - 1]!;
      const away = x - newerMean;
      newerMean += away * share[j]!;
      newerSquares += away * (x - newerMean);
      let m = newerMean;
      let squares = newerSquares;
      if (j < period) {
        const apart = newerMean - suffixMean[j]!;
        m = suffixMean[j]! + apart * (j / period);
        squares += suffixSquares[j]! + apart * apart * (((period - j) * j) / period);
      }
      const unknown = squares - squares + (m - m);
      mean[start + j - 1] = m + unknown;
      deviation[start + j - 1] = Math.sqrt(squares * divisor) + unknown;
    }
    let olderMean = 0;
    let olderSquares = 0;
    for (let j = rows - 1; j > 0; j--) {
      const x = values[start + j]!;
      const away = x - olderMean;
      olderMean += away * share[rows - j]!;
      olderSquares += away * (x - olderMean);
      suffixMean[j] = olderMean;
      suffixSquares[j] = olderSquares;
    }
  }
  mean.fill(Number.NaN, 0, period - 1);
  deviation.fill(Number.NaN, 0, period - 1);
  return { mean, deviation };
}

/** 1/k at k, 0 at 0: a running mean waits for its step, and a division takes four times as long as a product. */
export function reciprocals(size: number): Float64Array {
  const out = new Float64Array(size);
  for (let k = 1; k < size; k++) out[k] = 1 / k;
  return out;
}

/** The deviation alone, of a sample (n - 1): the usual volatility when fed with log returns. Default nowhere: name the period. */
export function rollingDeviation(values: Float64Array, period: number): Float64Array {
  return rollingMoments(values, period, 1).deviation;
}
