import { sortedFinite } from "../../features/index.ts";
import type { ColumnDistribution } from "../../wire/features.ts";

const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
const BINS = 48;
/** Beyond these quantiles a bin would hold next to nothing and squeeze the rest. */
const [LOW, HIGH] = [0.005, 0.995] as const;

/**
 * How a column's values lie in rows: moments of the population, quantiles as the smallest value that a share of the values
 * is not above (type 1 of Hyndman and Fan 1996), and a histogram of equal bins between the 0.5 % and the 99.5 % quantile.
 * @param rows the training rows: nothing else of the column is read but whether bars up to the last of them have a value
 * @param bars rows of the column that count as stored up to then
 * @param sorted the finite values of the rows, ascending, where the caller has them
 */
export function distributionOf(
  column: Float32Array,
  rows: Int32Array,
  bars: Int32Array,
  sorted: Float32Array = sortedFinite(column, rows),
): ColumnDistribution {
  const n = sorted.length;
  let missingBars = 0;
  for (let i = 0; i < bars.length; i++) if (!Number.isFinite(column[bars[i]!]!)) missingBars++;
  const counts = { rows: rows.length, missing: rows.length - n, bars: bars.length, missingBars };
  if (n === 0)
    return {
      ...counts,
      mean: null,
      deviation: null,
      least: null,
      most: null,
      quantiles: [],
      histogram: null,
    };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += sorted[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (sorted[i]! - mean) ** 2;
  const quantile = (share: number): number => sorted[Math.max(0, Math.ceil(share * n) - 1)]!;
  return {
    ...counts,
    mean,
    deviation: Math.sqrt(squares / n),
    least: sorted[0]!,
    most: sorted[n - 1]!,
    quantiles: SHARES.map((share) => ({ share, value: quantile(share) })),
    histogram: histogramOf(sorted, quantile(LOW), quantile(HIGH)),
  };
}

/** @param sorted ascending */
function histogramOf(sorted: Float32Array, low: number, high: number): ColumnDistribution["histogram"] {
  // a column that rests at one value but for its tails is shown with them
  const [from, to] = high > low ? [low, high] : [sorted[0]!, sorted[sorted.length - 1]!];
  if (!(to > from)) return null;
  const counts = new Array<number>(BINS).fill(0);
  let [below, above] = [0, 0];
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i]!;
    if (value < from) below++;
    else if (value > to) above++;
    else counts[Math.min(BINS - 1, Math.floor(((value - from) / (to - from)) * BINS))]!++;
  }
  return { from, to, counts, below, above };
}
