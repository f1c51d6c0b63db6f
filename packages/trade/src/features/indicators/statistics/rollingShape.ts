import { requirePeriod } from "../requirePeriod.ts";

export interface RollingShape {
  /** central moments times n: the sums of (x - mean)^2, ^3 and ^4 */
  readonly squares: Float64Array;
  readonly cubes: Float64Array;
  readonly fourths: Float64Array;
}

/** n, mean and sums of powers of the distance from it. */
interface Moments {
  n: number;
  mean: number;
  m2: number;
  m3: number;
  m4: number;
}

/**
 * Sums of the second to fourth powers of the distance from the mean of the last `period` values; NaN before row period-1 and while the
 * window holds a value that is not finite. As `rollingMoments`: each window joins the suffix of one block of `period` rows to the prefix of
 * the next, by Pebay's formulas (Sandia report SAND2008-6212, 2008, equations 2.1 and 3.1), so that nothing drifts. O(1) a bar.
 */
export function rollingShape(values: Float64Array, period: number): RollingShape {
  requirePeriod(period, "rollingShape", 2);
  const length = values.length;
  const squares = new Float64Array(length).fill(Number.NaN);
  const cubes = new Float64Array(length).fill(Number.NaN);
  const fourths = new Float64Array(length).fill(Number.NaN);
  const size = Math.min(period, length) + 1;
  const [mean, two, three, four] = Array.from({ length: 4 }, () => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    const newer: Moments = { n: 0, mean: 0, m2: 0, m3: 0, m4: 0 };
    for (let t = start; t < end; t++) {
      add(newer, values[t]!);
      if (start === 0 && t < period - 1) continue;
      const b = newer.n;
      const a = period - b;
      let { m2, m3, m4 } = newer;
      if (a > 0) {
        const apart = newer.mean - mean[b]!;
        const step = apart / period;
        m2 += two[b]! + apart * step * a * b;
        m3 += three[b]! + apart * step * step * a * b * (a - b) + 3 * step * (a * newer.m2 - b * two[b]!);
        m4 +=
          four[b]! +
          apart * step * step * step * a * b * (a * a - a * b + b * b) +
          6 * step * step * (a * a * newer.m2 + b * b * two[b]!) +
          4 * step * (a * newer.m3 - b * three[b]!);
      }
      if (!Number.isFinite(m4)) continue;
      squares[t] = m2;
      cubes[t] = m3;
      fourths[t] = m4;
    }
    if (end - start < period) break;
    const older: Moments = { n: 0, mean: 0, m2: 0, m3: 0, m4: 0 };
    for (let j = period - 1; j > 0; j--) {
      add(older, values[start + j]!);
      mean[j] = older.mean;
      two[j] = older.m2;
      three[j] = older.m3;
      four[j] = older.m4;
    }
  }
  return { squares, cubes, fourths };
}

function add(to: Moments, x: number): void {
  const n = ++to.n;
  const away = x - to.mean;
  const step = away / n;
  const term = away * step * (n - 1);
  to.mean += step;
  to.m4 += term * step * step * (n * n - 3 * n + 3) + 6 * step * step * to.m2 - 4 * step * to.m3;
  to.m3 += term * step * (n - 2) - 3 * step * to.m2;
  to.m2 += term;
}
