const NODE_BYTES = 16;

/**
 * Dense rows as libsvm's nodes { int index; double value }: indices from 1, each row ended by an index of -1. [rows,
 * features + 1] nodes.
 */
export function svmNodes(values: Float32Array, rows: number, features: number): ArrayBuffer {
  const buffer = new ArrayBuffer(rows * (features + 1) * NODE_BYTES);
  const indices = new Int32Array(buffer);
  const numbers = new Float64Array(buffer);
  let node = 0;
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < features; f++, node++) {
      indices[4 * node] = f + 1;
      numbers[2 * node + 1] = values[row * features + f]!;
    }
    indices[4 * node++] = -1;
  }
  return buffer;
}

/** Bytes from one row's nodes to the next one's. */
export const nodeStride = (features: number): number => (features + 1) * NODE_BYTES;
