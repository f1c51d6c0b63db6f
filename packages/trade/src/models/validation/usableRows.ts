/**
 * Bars at which a sample can be made: all features are finite in the bar and in the `window` - 1 bars before it, and all
 * labels are finite in the bar itself. Without labels: the bars at which a prediction can be made.
 * @param features F columns of T values
 * @returns ascending indices
 */
export function usableRows(
  features: readonly Float32Array[],
  window: number,
  labels: readonly Float32Array[] = [],
): Int32Array {
  const length = features[0]?.length ?? 0;
  const rows = new Int32Array(length);
  const whole = new Uint8Array(length).fill(1);
  for (const column of features) {
    for (let t = 0; t < length; t++) if (!Number.isFinite(column[t]!)) whole[t] = 0;
  }
  let count = 0;
  let run = 0;
  for (let t = 0; t < length; t++) {
    run = whole[t] === 1 ? run + 1 : 0;
    if (run >= window && labels.every((label) => Number.isFinite(label[t]!))) rows[count++] = t;
  }
  return rows.slice(0, count);
}
