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
    if (column.length !== rows) throw new DataError(`feature column ${f} has ${column.length} rows, not ${rows}`);
    for (let t = 0, at = f; t < rows; t++, at += features) values[at] = column[t]!;
  });
  return { rows, features, values };
}

/**
 * Which rows end a full window: all its values are finite and its bars follow one another without a gap
 * (a window across missing bars would show the network a time that never was).
 * @param stepMs length of a bar; null where gaps are normal (exchange hours)
 */
export function windowEnds(matrix: FeatureMatrix, window: number, closeTime: Float64Array, stepMs: number | null): Uint8Array {
  const ends = new Uint8Array(matrix.rows);
  let run = 0;
  for (let t = 0; t < matrix.rows; t++) {
    let isFinite = true;
    for (let at = t * matrix.features, end = at + matrix.features; at < end; at++) {
      if (!Number.isFinite(matrix.values[at]!)) {
        isFinite = false;
        break;
      }
    }
    const follows = t === 0 || stepMs === null || closeTime[t]! - closeTime[t - 1]! === stepMs;
    run = isFinite ? (follows ? run + 1 : 1) : 0;
    if (run >= window) ends[t] = 1;
  }
  return ends;
}

/** Copies the windows that end at `rows` into `into` as [B, T, F]. */
export function gatherWindows(matrix: FeatureMatrix, window: number, rows: Int32Array, into: Float32Array): void {
  const size = window * matrix.features;
  for (let b = 0; b < rows.length; b++) {
    const end = (rows[b]! + 1) * matrix.features;
    into.set(matrix.values.subarray(end - size, end), b * size);
  }
}
