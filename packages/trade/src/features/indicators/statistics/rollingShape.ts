import { rawColumn } from "../newColumn.ts";
import { requirePeriod } from "../requirePeriod.ts";
import { reciprocals } from "../rollingMoments.ts";

export interface RollingShape {
  /** sums of (x - mean)^2: n times the population's variance */
  readonly squares: Float64Array;
  /** sums of (x - mean)^3 */
  readonly cubes: Float64Array;
  /** sums of (x - mean)^4 */
  readonly fourths: Float64Array;
}

/**
 * Sums of the squares, the third and the fourth powers of the distance from the mean of the last `period` values; NaN before row period-1 and while the
 * window holds a value that is not finite. As `rollingMoments`: each window joins the suffix of one block of `period` rows to the prefix of
 * the next, by Pebay's formulas (Sandia report SAND2008-6212, 2008, equations 2.1 and 3.1), so that nothing drifts. O(1) a bar.
 */
export function rollingShape(values: Float64Array, period: number): RollingShape {
  requirePeriod(period, "rollingShape", 2);
  const length = values.length;
  const squares = rawColumn(length);
  const cubes = rawColumn(length);
  const fourths = rawColumn(length);
  const size = Math.min(period, length) + 1;
  const share = reciprocals(size);
  const mean = new Float64Array(size);
  const two = new Float64Array(size);
  const three = new Float64Array(size);
  const four = new Float64Array(size);
  for (let start = 0; start < length; start += period) {
    const rows = Math.min(period, length - start);
    let [m1, m2, m3, m4] = [0, 0, 0, 0];
    for (let b = 1; b <= rows; b++) {
      const away = values[start + b - 1]! - m1;
      const step = away * share[b]!;
      const term = away * step * (b - 1);
      m1 += step;
      m4 += term * step * step * (b * b - 3 * b + 3) + 6 * step * step * m2 - 4 * step * m3;
      m3 += term * step * (b - 2) - 3 * step * m2;
      m2 += term;
      const a = period - b;
      let [all2, all3, all4] = [m2, m3, m4];
      if (a > 0) {
        const apart = m1 - mean[b]!;
        const part = apart / period;
        all2 += two[b]! + apart * part * a * b;
        all3 += three[b]! + apart * part * part * a * b * (a - b) + 3 * part * (a * m2 - b * two[b]!);
        all4 +=
          four[b]! +
          apart * part * part * part * a * b * (a * a - a * b + b * b) +
          6 * part * part * (a * a * m2 + b * b * two[b]!) +
          4 * part * (a * m3 - b * three[b]!);
      }
      const unknown = all4 - all4 + (all3 - all3) + (all2 - all2);
      squares[start + b - 1] = all2 + unknown;
      cubes[start + b - 1] = all3 + unknown;
      fourths[start + b - 1] = all4 + unknown;
    }
    [m1, m2, m3, m4] = [0, 0, 0, 0];
    for (let j = rows - 1; j > 0; j--) {
      const n = rows - j;
      const away = values[start + j]! - m1;
      const step = away * share[n]!;
      const term = away * step * (n - 1);
      m1 += step;
      m4 += term * step * step * (n * n - 3 * n + 3) + 6 * step * step * m2 - 4 * step * m3;
      m3 += term * step * (n - 2) - 3 * step * m2;
      m2 += term;
      mean[j] = m1;
      two[j] = m2;
      three[j] = m3;
      four[j] = m4;
    }
  }
  squares.fill(Number.NaN, 0, period - 1);
  cubes.fill(Number.NaN, 0, period - 1);
  fourths.fill(Number.NaN, 0, period - 1);
  return { squares, cubes, fourths };
}
