import { finiteOrNaN } from "../indicators/finite.ts";
import { rawColumn } from "../indicators/newColumn.ts";
import { requirePeriod, requireSameLength } from "../indicators/requirePeriod.ts";
import { reciprocals } from "../indicators/rollingMoments.ts";

export interface RollingRegression {
  /** slope of y on x */
  readonly beta: Float64Array;
  /** Pearson's correlation, -1 to 1 */
  readonly correlation: Float64Array;
}

/** A deviation of returns up to this counts as none: it lies below the tick of every market, above float rounding. */
const AT_REST = 1e-9;

/**
 * Least squares of y on x over the last `period` rows, both of T values; NaN before row period-1 and while the window
 * holds a value of either that is not finite:
 *
 *   beta[t] = Sxy / Sxx,   correlation[t] = Sxy / sqrt(Sxx Syy),   Sxy = sum (x - mean x)(y - mean y), ...
 *
 * With log returns of a share as y and of an index as x, beta is the market beta of Sharpe 1964 (here with an intercept,
 * no risk-free rate). Where x did not vary (its population deviation is at most 1e-9) both are 0: there is nothing to
 * move with; where y did not, the correlation is 0.
 *
 * Each window is the suffix of one block of `period` rows and the prefix of the next; both carry means and centred sums
 * (Welford 1962), joined by the pairwise rule for co-moments of Chan, Golub and LeVeque (1983):
 *   Sxy = Sxy_a + Sxy_b + (meanX_b - meanX_a)(meanY_b - meanY_a) na nb / n.
 * Nothing large is subtracted from something large, and nothing drifts. O(1) a bar, one pass.
 */
export function rollingRegression(y: Float64Array, x: Float64Array, period: number): RollingRegression {
  requirePeriod(period, "rollingRegression", 2);
  requireSameLength("rollingRegression", y, x);
  const length = y.length;
  const beta = rawColumn(length);
  const correlation = rawColumn(length);
  const size = Math.min(period, length) + 1;
  const part = reciprocals(size);
  const suffix = Array.from({ length: 5 }, () => new Float64Array(size));
  const [suffixMeanX, suffixMeanY, suffixXx, suffixYy, suffixXy] = suffix as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    let meanX = 0;
    let meanY = 0;
    let xx = 0;
    let yy = 0;
    let xy = 0;
    for (let t = start; t < end; t++) {
      const newer = t - start + 1;
      const awayX = x[t]! - meanX;
      const awayY = y[t]! - meanY;
      meanX += awayX * part[newer]!;
      meanY += awayY * part[newer]!;
      const nowX = x[t]! - meanX;
      xx += awayX * nowX;
      yy += awayY * (y[t]! - meanY);
      xy += awayY * nowX;
      if (start === 0 && t < period - 1) {
        beta[t] = Number.NaN;
        correlation[t] = Number.NaN;
        continue;
      }
      let sxx = xx;
      let syy = yy;
      let sxy = xy;
      const older = period - newer;
      if (older > 0) {
        const apartX = meanX - suffixMeanX[newer]!;
        const apartY = meanY - suffixMeanY[newer]!;
        const share = (older * newer) / period;
        sxx += suffixXx[newer]! + apartX * apartX * share;
        syy += suffixYy[newer]! + apartY * apartY * share;
        sxy += suffixXy[newer]! + apartX * apartY * share;
      }
      const unknown = sxx - sxx + (syy - syy) + (sxy - sxy);
      const restX = sxx <= AT_REST * AT_REST * period;
      const restY = syy <= AT_REST * AT_REST * period;
      const slope = restX ? 0 : sxy / sxx;
      beta[t] = finiteOrNaN(slope) + unknown;
      // The roots apart: the product of two sums of squares of tiny or enormous values would not be a number.
      const r = restX || restY ? 0 : sxy / (Math.sqrt(sxx) * Math.sqrt(syy));
      correlation[t] = Math.min(1, Math.max(-1, finiteOrNaN(r))) + unknown;
    }
    if (end - start < period) break;
    meanX = meanY = xx = yy = xy = 0;
    for (let j = period - 1; j > 0; j--) {
      const count = period - j;
      const awayX = x[start + j]! - meanX;
      const awayY = y[start + j]! - meanY;
      meanX += awayX * part[count]!;
      meanY += awayY * part[count]!;
      const nowX = x[start + j]! - meanX;
      xx += awayX * nowX;
      yy += awayY * (y[start + j]! - meanY);
      xy += awayY * nowX;
      suffixMeanX[j] = meanX;
      suffixMeanY[j] = meanY;
      suffixXx[j] = xx;
      suffixYy[j] = yy;
      suffixXy[j] = xy;
    }
  }
  return { beta, correlation };
}
