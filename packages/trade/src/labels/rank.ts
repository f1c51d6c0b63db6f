import { lowerBound, upperBound } from "../core/columns.ts";
import { DataError, UsageError } from "../core/errors.ts";

/** The values that others are ranked among, ascending; their number is what a rank is a share of. */
export interface Rank {
  readonly sorted: Float64Array;
}

/**
 * The empirical distribution of `values` over `rows` alone, which must be training rows: nothing else is read, so that
 * nothing of the validation or test range can leak. Values that are not finite are left out.
 * @param rows indices into `values`
 * @throws DataError when no row has a finite value; UsageError when a row is not in the column
 */
export function fitRank(values: Float32Array, rows: ArrayLike<number>): Rank {
  const sorted = new Float64Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!(Number.isInteger(row) && row >= 0 && row < values.length))
      throw new UsageError(`rank: row ${row} is not in a column of ${values.length} rows`);
    if (Number.isFinite(values[row]!)) sorted[count++] = values[row]!;
  }
  if (count === 0) throw new DataError(`rank: no finite value in the ${rows.length} rows to fit on`);
  return { sorted: sorted.slice(0, count).sort() };
}

/**
 * Each value's rank among the fitted ones, 0..1: (how many are below + half of how many are equal) / n, the mid-rank
 * of the empirical distribution. The fitted values themselves average one half; below all of them it is 0, above all
 * 1. NaN stays NaN. The input is left as it is.
 * Source: mid-distribution function, Parzen 2004; ties as in Kendall's average ranks.
 */
export function applyRank(
  values: Float32Array,
  { sorted }: Rank,
  out: Float32Array = new Float32Array(values.length),
): Float32Array {
  if (out.length !== values.length)
    throw new UsageError(`rank: ${values.length} values do not go into ${out.length} rows`);
  for (let t = 0; t < values.length; t++) {
    const value = values[t]!;
    out[t] = Number.isNaN(value)
      ? Number.NaN
      : (lowerBound(sorted, value) + upperBound(sorted, value)) / (2 * sorted.length);
  }
  return out;
}
