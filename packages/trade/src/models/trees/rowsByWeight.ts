import { seededRandom } from "../../core/random.ts";

/** Rows drawn at most for each row there is. */
const MOST = 3;

/**
 * Rows in proportion to their weights by systematic resampling (Kitagawa 1996), rising, for a model that knows no weights:
 * of m draws a row of weight w has ⌊m w / Σw⌋ or one more. m is Σw / (least weight above 0), so that whole weights of rows
 * are met exactly, but no more than three times the rows.
 */
export function rowsByWeight(weights: Float64Array, seed: number): number[] {
  let [sum, least] = [0, Number.POSITIVE_INFINITY];
  for (const w of weights) {
    sum += w;
    if (w > 0 && w < least) least = w;
  }
  const draws = Math.max(2, Math.min(Math.round(sum / least), MOST * weights.length));
  const step = sum / draws;
  const drawn: number[] = [];
  let next = seededRandom(seed).next() * step;
  let reached = 0;
  for (const [row, w] of weights.entries()) {
    reached += w;
    while (next < reached && drawn.length < draws) {
      drawn.push(row);
      next += step;
    }
  }
  return drawn;
}
