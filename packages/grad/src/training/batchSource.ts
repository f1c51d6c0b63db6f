import { sizeOf } from "../graph/shape.ts";
import type { Batch, TrainingSpec } from "./trainingSpec.ts";

/** Rows from which batches are gathered: windows that overlap are never copied up front. */
export interface BatchSource {
  readonly rows: number;
  /** Writes the rows, in the order given, to the front of the arrays: row i of x is [T, F], row-major. */
  gather(rows: Int32Array, into: Batch): void;
}

/** Arrays for a batch of the program's shapes. */
export function emptyBatch({ input, targets }: TrainingSpec, rows: number): Batch {
  return {
    x: new Float32Array(rows * input.time * input.features),
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, { shape, dtype }]) => {
        const length = rows * sizeOf(shape);
        return [name, dtype === "float32" ? new Float32Array(length) : new Int32Array(length)];
      }),
    ),
  };
}
