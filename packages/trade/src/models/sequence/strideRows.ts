/** Every k-th row of each class, k by class: thins the class that rules without losing the rare ones. */
export function strideRows(rows: Int32Array, classes: Float32Array, strides: readonly number[]): Int32Array {
  const seen = strides.map(() => 0);
  return rows.filter((row) => {
    const c = classes[row]!;
    return seen[c]!++ % strides[c]! === 0;
  });
}

/** How many of the rows belong to each of K classes. */
export function classCounts(rows: Int32Array, classes: Float32Array, k: number): number[] {
  const counts = new Array<number>(k).fill(0);
  for (const row of rows) counts[classes[row]!]!++;
  return counts;
}
