import { DataError, UsageError } from "../../core/errors.ts";

/** Beyond eight deviations a value tells a network nothing but that it is extreme. */
export const DEFAULT_CLIP = 8;

/** @throws UsageError unless the clip is a number above 0, or null for none, and every column has its name */
export function checkScaling(
  names: readonly string[],
  columns: readonly Float32Array[],
  clip: number | null,
): void {
  if (clip !== null && !(clip > 0 && Number.isFinite(clip))) {
    throw new UsageError(`scaler: a clip of ${clip} is not possible: give a number > 0, or null for none`);
  }
  if (names.length !== columns.length) {
    throw new UsageError(`scaler: ${names.length} names for ${columns.length} columns`);
  }
}

/**
 * The finite values of a column in some rows, ascending: what order statistics are read from.
 * @throws DataError when there is none; UsageError when a row is not in the column
 */
export function sortedValues(name: string, column: Float32Array, rows: ArrayLike<number>): Float32Array {
  const found = new Float32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!(row >= 0 && row < column.length)) {
      throw new UsageError(`scaler: row ${row} is not in column '${name}' of ${column.length} rows`);
    }
    if (Number.isFinite(column[row]!)) found[count++] = column[row]!;
  }
  if (count === 0) {
    throw new DataError(`scaler: column '${name}' has no finite value in the ${rows.length} rows to fit on`);
  }
  return found.subarray(0, count).sort();
}

/** Writes clipped values of `scale`; what is not finite, before or after, becomes NaN. `into` may be the column itself. */
export function scaleColumn(
  column: Float32Array,
  into: Float32Array,
  clip: number | null,
  scale: (value: number) => number,
): void {
  const limit = clip ?? Number.POSITIVE_INFINITY;
  for (let t = 0; t < column.length; t++) {
    const value = column[t]!;
    const scaled = Math.fround(Math.max(-limit, Math.min(limit, scale(value))));
    into[t] = Number.isFinite(value) && Number.isFinite(scaled) ? scaled : Number.NaN;
  }
}
