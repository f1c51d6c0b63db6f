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
  const mean = new Float64Array(length);
  const deviation = new Float64Array(length);
  const size = Math.min(period, length) + 1;
  const suffixMean = new Float64Array(size);
  const suffixSquares = new Float64Array(size);
  const divisor = period - ddof;
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    let newerMean = 0;
    let newerSquares = 0;
    for (let t = start; t < end; t++) {
      const newer = t - start + 1;
      const away = values[t]! - newerMean;
      newerMean += away / newer;
      newerSquares += away * (values[t]! - newerMean);
      if (start === 0 && t < period - 1) {
        mean[t] = Number.NaN;
        deviation[t] = Number.NaN;
        continue;
      }
      const older = period - newer;
      let m = newerMean;
      let squares = newerSquares;
      if (older > 0) {
        const apart = newerMean - suffixMean[newer]!;
        m = suffixMean[newer]! + apart * (newer / period);
        squares += suffixSquares[newer]! + apart * apart * ((older * newer) / period);
      }
      const valid = Number.isFinite(squares) && Number.isFinite(m);
      mean[t] = valid ? m : Number.NaN;
      deviation[t] = valid ? Math.sqrt(squares / divisor) : Number.NaN;
    }
    if (end - start < period) break;
    let olderMean = 0;
    let olderSquares = 0;
    for (let j = period - 1; j > 0; j--) {
      const x = values[start + j]!;
      const away = x - olderMean;
      olderMean += away / (period - j);
      olderSquares += away * (x - olderMean);
      suffixMean[j] = olderMean;
      suffixSquares[j] = olderSquares;
    }
  }
  return { mean, deviation };
}

/** The deviation alone, of a sample (n - 1): the usual volatility when fed with log returns. Default nowhere: name the period. */
export function rollingDeviation(values: Float64Array, period: number): Float64Array {
  return rollingMoments(values, period, 1).deviation;
}
