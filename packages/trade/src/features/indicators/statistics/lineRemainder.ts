import { newColumn } from "../newColumn.ts";
import { requirePeriod } from "../requirePeriod.ts";

/**
 * The variance that is left around the line of least squares through the last m values, at least 0; NaN before row m-1 and while the window
 * holds a value that is not finite. With times 1 ... m, S the sum of the values, W that of the values times their times and M their sum of
 * squares around the mean:
 *   slope = (W - S (m+1)/2) / (m v),   remainder = M/m - slope^2 v,   v = (m^2 - 1) / 12 the variance of the times.
 * Each window is a suffix of one block of m rows, counted from the block's last value, and a prefix of the next, counted from its first, so that
 * nothing large is subtracted and a constant window leaves exactly 0. The squares grow by (j x - T)^2 / (j (j-1)), T the sum of the first
 * j values (Youngs and Cramer 1971), and are joined by the pairwise rule of Chan, Golub and LeVeque (1983). O(1) a bar, one pass.
 */
export function lineRemainder(values: Float64Array, m: number): Float64Array {
  requirePeriod(m, "lineRemainder", 3);
  const length = values.length;
  const out = newColumn(length);
  const size = Math.min(m, length) + 1;
  const sums = new Float64Array(size);
  const weightedSums = new Float64Array(size);
  const squares = new Float64Array(size);
  const part = new Float64Array(size);
  for (let j = 2; j < size; j++) part[j] = 1 / (j * (j - 1));
  const ofTime = (m * m - 1) / 12;
  let lastBefore = 0;
  for (let start = 0; start < length; start += m) {
    const rows = Math.min(m, length - start);
    const first = values[start]!;
    const apart = lastBefore - first;
    let [sum, weighted, square] = [0, 0, 0];
    for (let b = 1; b <= rows; b++) {
      const x = values[start + b - 1]! - first;
      sum += x;
      weighted += b * x;
      const away = b * x - sum;
      square += away * away * part[b]!;
      const a = m - b;
      let [all, allWeighted, allSquares] = [sum, weighted, square];
      if (a > 0) {
        const older = sums[b]! + a * apart;
        const between = a * sum - b * older;
        all += older;
        allWeighted += weightedSums[b]! + (apart * a * (a + 1)) / 2 + a * sum;
        allSquares += squares[b]! + (between * between) / (a * b * m);
      }
      const slope = (allWeighted - (all * (m + 1)) / 2) / (m * ofTime);
      out[start + b - 1] = Math.max(0, allSquares / m - slope * slope * ofTime);
    }
    [sum, weighted, square] = [0, 0, 0];
    lastBefore = values[start + rows - 1]!;
    for (let j = rows - 1; j > 0; j--) {
      const n = rows - j;
      const x = values[start + j]! - lastBefore;
      sum += x;
      weighted += sum;
      const away = n * x - sum;
      square += away * away * part[n]!;
      sums[j] = sum;
      weightedSums[j] = weighted;
      squares[j] = square;
    }
  }
  out.fill(Number.NaN, 0, m - 1);
  return out;
}
