import { z } from "zod";
import { DataError, UsageError } from "../../core/errors.ts";

/** What a scaler learned; plain JSON, stored in a model's manifest. */
export const scalerSchema = z.strictObject({
  names: z.array(z.string()),
  mean: z.array(z.number()),
  /** standard deviation (of the population) of each column; 1 where it did not vary */
  scale: z.array(z.number().positive()),
  /** scaled values are limited to [-clip, clip]; null leaves them */
  clip: z.number().positive().nullable(),
  /** columns that did not vary in the rows fitted on: they are centred only and say nothing */
  constant: z.array(z.string()),
});
export type Scaler = z.output<typeof scalerSchema>;

export interface StandardScalerOptions {
  /** default 8: beyond eight deviations a value tells a network nothing but that it is extreme */
  readonly clip?: number | null;
}

/**
 * Means and standard deviations of the columns over `rows` alone, which must be training rows: nothing else is read,
 * so nothing of the validation or test range can leak. Rows in which a column is not finite are left out of that column.
 * Two passes with float64 sums: the second sums squares about the mean, so a small deviation on a large mean is kept.
 *
 * @param columns F columns of T values
 * @param rows indices into the columns
 * @throws DataError when a column has no finite value in the rows; UsageError when names, rows or clip do not fit
 */
export function fitStandardScaler(
  names: readonly string[],
  columns: readonly Float32Array[],
  rows: ArrayLike<number>,
  options: StandardScalerOptions = {},
): Scaler {
  const clip = options.clip === undefined ? 8 : options.clip;
  if (clip !== null && !(clip > 0 && Number.isFinite(clip))) {
    throw new UsageError(`scaler: a clip of ${clip} is not possible: give a number > 0, or null for none`);
  }
  if (names.length !== columns.length) {
    throw new UsageError(`scaler: ${names.length} names for ${columns.length} columns`);
  }
  const scaler: Scaler = { names: [...names], mean: [], scale: [], clip, constant: [] };
  columns.forEach((column, f) => {
    const fitted = moments(names[f]!, column, rows);
    scaler.mean.push(fitted.mean);
    scaler.scale.push(fitted.varies ? fitted.deviation : 1);
    if (!fitted.varies) scaler.constant.push(names[f]!);
  });
  return scaler;
}

function moments(name: string, column: Float32Array, rows: ArrayLike<number>) {
  let count = 0;
  let sum = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!(row >= 0 && row < column.length)) {
      throw new UsageError(`scaler: row ${row} is not in column '${name}' of ${column.length} rows`);
    }
    const value = column[row]!;
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (count === 0) {
    throw new DataError(`scaler: column '${name}' has no finite value in the ${rows.length} rows to fit on`);
  }
  if (low === high) return { mean: low, deviation: 0, varies: false };
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i]!]!;
    if (Number.isFinite(value)) squares += (value - mean) ** 2;
  }
  const deviation = Math.sqrt(squares / count);
  return { mean, deviation, varies: deviation > 0 };
}

/**
 * (x - mean) / scale, clipped, into `out` or new columns; the input is left as it is. A value that is not finite
 * becomes NaN. `out` may be the input columns themselves.
 * @throws UsageError when the number or length of the columns does not fit
 */
export function applyScaler(
  columns: readonly Float32Array[],
  scaler: Scaler,
  out: readonly Float32Array[] = columns.map((column) => new Float32Array(column.length)),
): readonly Float32Array[] {
  if (columns.length !== scaler.names.length || out.length !== columns.length) {
    throw new UsageError(
      `scaler: made for ${scaler.names.length} columns, given ${columns.length} to scale into ${out.length}`,
    );
  }
  columns.forEach((column, f) => {
    const into = out[f]!;
    if (into.length !== column.length) {
      throw new UsageError(
        `scaler: column '${scaler.names[f]}' has ${column.length} rows, its output ${into.length}`,
      );
    }
    const mean = scaler.mean[f]!;
    const scale = scaler.scale[f]!;
    const limit = scaler.clip ?? Number.POSITIVE_INFINITY;
    for (let t = 0; t < column.length; t++) {
      const value = column[t]!;
      const scaled = Math.fround(Math.max(-limit, Math.min(limit, (value - mean) / scale)));
      into[t] = Number.isFinite(value) && Number.isFinite(scaled) ? scaled : Number.NaN;
    }
  });
  return out;
}
