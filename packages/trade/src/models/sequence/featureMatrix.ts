import { DataError } from "../../core/errors.ts";

/** Scaled features with the rows of time one after another: [T, F], so that a window of T bars is one stretch. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly features: number;
  readonly values: Float32Array;
}

/** Interleaves F columns of T values to [T, F]. */
export function featureMatrix(columns: readonly Float32Array[]): FeatureMatrix {
  const features = columns.length;
  const rows = columns[0]?.length ?? 0;
  const values = new Float32Array(rows * features);
  columns.forEach((column, f) => {
    if (column.length !== rows)
      throw new DataError(`feature column ${f} has ${column.length} rows, not ${rows}`);
    for (let t = 0, at = f; t < rows; t++, at += features) values[at] = column[t]!;
  });
  return { rows, features, values };
}

/**
 * Keeps the rows whose window of T bars has no bar missing: a window across a hole would show the network a time that
 * never was.
 * @param stepMs length of a bar; null where holes are normal (exchange hours), then all rows are kept
 */
export function withoutHoles(
  rows: Int32Array,
  closeTime: Float64Array,
  window: number,
  stepMs: number | null,
): Int32Array {
  if (stepMs === null) return rows;
  const span = (window - 1) * stepMs;
  return rows.filter((row) => row >= window - 1 && closeTime[row]! - closeTime[row - window + 1]! === span);
}

/** Copies the windows that end at `rows` into `into` as [B, T, F]. */
export function gatherWindows(
  matrix: FeatureMatrix,
  window: number,
  rows: Int32Array,
  into: Float32Array,
): void {
  const size = window * matrix.features;
  for (let b = 0; b < rows.length; b++) {
    const end = (rows[b]! + 1) * matrix.features;
    into.set(matrix.values.subarray(end - size, end), b * size);
  }
}
