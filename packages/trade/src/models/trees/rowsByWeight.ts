import { seededRandom } from "../../core/random.ts";

/** Whether all rows of a class weigh alike, and what: [classes]; nothing where they differ. */
export function weightsByClass(y: Int32Array, weights: Float64Array, classes: number): number[] | undefined {
  const found = new Array<number>(classes).fill(Number.NaN);
  for (const [row, c] of y.entries()) {
    const w = weights[row]!;
    if (Number.isNaN(found[c]!)) found[c] = w;
    else if (found[c] !== w) return undefined;
  }
  return found.map((w) => (Number.isNaN(w) ? 1 : w));
}

/**
 * As many rows as there are, drawn in proportion to their weights by systematic resampling (Kitagawa 1996): a row of
 * weight w is drawn ⌊n w / Σw⌋ times or once more. Rising.
 */
export function rowsByWeight(weights: Float64Array, seed: number): number[] {
  const n = weights.length;
  const step = weights.reduce((a, b) => a + b, 0) / n;
  const drawn: number[] = [];
  let next = seededRandom(seed).next() * step;
  let reached = 0;
  for (const [row, w] of weights.entries()) {
    reached += w;
    while (next < reached && drawn.length < n) {
      drawn.push(row);
      next += step;
    }
  }
  return drawn;
}
