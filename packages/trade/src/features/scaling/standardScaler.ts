import { z } from "zod";
import { DataError, UsageError } from "../../core/errors.ts";
import { checkScaling, DEFAULT_CLIP } from "./scaledColumn.ts";

/** What was learned; it has no kind, since it was the first and models are stored with it. */
export const standardScalerSchema = z.strictObject({
  names: z.array(z.string()),
  mean: z.array(z.number()),
  /** standard deviation (of the population) of each column; 1 where it did not vary */
  scale: z.array(z.number().positive()),
  /** scaled values are limited to [-clip, clip]; null leaves them */
  clip: z.number().positive().nullable(),
  /** columns that did not vary in the rows fitted on: they are centred only and say nothing */
  constant: z.array(z.string()),
});
export type StandardScaler = z.output<typeof standardScalerSchema>;

export interface StandardScalerOptions {
  /** default 8; null for none */
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
): StandardScaler {
  const clip = options.clip === undefined ? DEFAULT_CLIP : options.clip;
  checkScaling(names, columns, clip);
  const scaler: StandardScaler = { names: [...names], mean: [], scale: [], clip, constant: [] };
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
