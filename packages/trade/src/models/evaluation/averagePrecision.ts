import { DataError } from "../../core/errors.ts";

/**
 * Average precision of one class against the rest: the area under the precision-recall steps,
 *   AP = sum over thresholds n of (R[n] - R[n-1]) P[n],
 * thresholds from the highest score down; rows of equal score enter together, so their order does not matter.
 * A score without information gives the class's share of the rows. null when no row, or every row, is of the class:
 * then there is nothing to rank.
 *
 * Source: the definition of scikit-learn's `average_precision_score` (no interpolation; Davis and Goadrich 2006).
 * @throws DataError for a score that is not finite
 */
export function averagePrecision(
  positive: (row: number) => boolean,
  scores: ArrayLike<number>,
): number | null {
  const order = new Uint32Array(scores.length);
  let positives = 0;
  for (let i = 0; i < order.length; i++) {
    if (!Number.isFinite(scores[i]!))
      throw new DataError(`evaluation: the score of row ${i} is ${scores[i]}`);
    order[i] = i;
    if (positive(i)) positives++;
  }
  if (positives === 0 || positives === order.length) return null;
  order.sort((a, b) => scores[b]! - scores[a]!);
  let area = 0;
  let hits = 0;
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]!]!;
    let found = 0;
    while (i < order.length && scores[order[i]!] === score) if (positive(order[i++]!)) found++;
    hits += found;
    area += (found / positives) * (hits / i);
  }
  return area;
}
