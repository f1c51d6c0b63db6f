/**
 * Columns of one length behind one another in a buffer that several threads see. Nothing is handed over: after a first ArrayBuffer
 * that left its thread, V8 asks at every access to every typed array whether it is still there, and kernels take a fifth longer.
 */
export interface PackedColumns {
  readonly count: number;
  /** rows of each */
  readonly length: number;
  /** of that room or more */
  readonly buffer: SharedArrayBuffer;
}

/**
 * Packs columns of one length, each time into the next of `size` buffers: what was packed is gone `size` times later. Fresh pages
 * for every symbol would take a tenth of the time of its features.
 * @throws RangeError (from what is returned) when columns differ in length
 */
export function packingRing(size: number): (columns: readonly Float32Array[]) => PackedColumns {
  const ring = Array.from({ length: size }, () => new SharedArrayBuffer(0));
  let next = 0;
  return (columns) => {
    const length = columns[0]?.length ?? 0;
    const bytes = columns.length * length * Float32Array.BYTES_PER_ELEMENT;
    if (ring[next]!.byteLength < bytes) ring[next] = new SharedArrayBuffer(bytes);
    const buffer = ring[next]!;
    const all = new Float32Array(buffer);
    for (const [k, column] of columns.entries()) {
      if (column.length !== length)
        throw new RangeError(`column ${k} has ${column.length} rows where the first has ${length}`);
      all.set(column, k * length);
    }
    next = (next + 1) % size;
    return { count: columns.length, length, buffer };
  };
}

/** The columns as views of the buffer. */
export function unpackColumns({ count, length, buffer }: PackedColumns): Float32Array[] {
  return Array.from(
    { length: count },
    (_, k) => new Float32Array(buffer, k * length * Float32Array.BYTES_PER_ELEMENT, length),
  );
}
