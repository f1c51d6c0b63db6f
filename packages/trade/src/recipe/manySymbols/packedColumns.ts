/** Columns of one length behind one another in one buffer: it moves from thread to thread at once, where a hundred columns take as long as a tenth of their making. */
export interface PackedColumns {
  readonly count: number;
  /** rows of each */
  readonly length: number;
  readonly buffer: ArrayBuffer;
}

/** A copy of columns of one length. @throws RangeError when they differ in length */
export function packColumns(columns: readonly Float32Array[]): PackedColumns {
  const length = columns[0]?.length ?? 0;
  const all = new Float32Array(columns.length * length);
  for (const [k, column] of columns.entries()) {
    if (column.length !== length)
      throw new RangeError(`column ${k} has ${column.length} rows where the first has ${length}`);
    all.set(column, k * length);
  }
  return { count: columns.length, length, buffer: all.buffer };
}

/** The columns as views of the buffer. */
export function unpackColumns({ count, length, buffer }: PackedColumns): Float32Array[] {
  return Array.from(
    { length: count },
    (_, k) => new Float32Array(buffer, k * length * Float32Array.BYTES_PER_ELEMENT, length),
  );
}
