import { DataError, messageOf, UsageError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import { sequentialBootstrap } from "../../labels/index.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { classCounts } from "../sequence/strideRows.ts";
import { type LabelHistory, spansOfRows } from "./labelHistory.ts";

/** A draw costs the labels nearby and a 256th of all: with more rows than this drawing a bag takes longer than a few seconds. */
export const MOST_BAGGED_ROWS = 200_000;

/**
 * As many rows as there are, drawn with replacement by the sequential bootstrap over their labels' spans: a row is the less likely the
 * more its label overlaps with those drawn. What is usual in bagging (Breiman 1996, Bagging Predictors) draws labels that overlap
 * as if each told something of its own, and the bags come out alike.
 * Source: Lopez de Prado 2018, 4.5.
 * @param rows ascending, of one symbol
 * @returns ascending, a row as often as it was drawn
 * @throws UsageError when there are too many rows; DataError where a row's label is never known
 */
export function sequentialBag(history: LabelHistory, rows: Int32Array, seed: number): Int32Array {
  if (rows.length > MOST_BAGGED_ROWS)
    throw new UsageError(
      `ensemble.bag: ${rows.length} training windows are more than the ${MOST_BAGGED_ROWS} that bags are drawn from: thin them by training.windowStride`,
    );
  try {
    const drawn = sequentialBootstrap(spansOfRows(history, rows), seededRandom(seed));
    return drawn.map((i) => rows[i]!).sort();
  } catch (thrown) {
    if (thrown instanceof DataError)
      throw new DataError(`ensemble.bag: ${messageOf(thrown)}`, { cause: thrown });
    throw thrown;
  }
}

/**
 * The weights of a bag's rows under which each class weighs in sum what it does among all rows: classes whose labels overlap less are
 * drawn more often, and the probabilities would no longer be at the frequencies that `priorCorrect` knows.
 * @param weights mean 1 over the bag's rows of each class @param bag ascending, of `all`
 * @throws DataError that names a class of which none was drawn
 */
export function withClassShares(
  weights: Float32Array,
  bag: Int32Array,
  all: Int32Array,
  classes: Float32Array,
): Float32Array {
  const [drawn, wanted] = [classCounts(bag, classes, 3), classCounts(all, classes, 3)];
  const missing = wanted.findIndex((count, c) => count > 0 && drawn[c] === 0);
  if (missing >= 0)
    throw new DataError(
      `ensemble.bag: none of the ${wanted[missing]} training rows of ${SIGNALS[missing]} was drawn: give more bars, or train without bag`,
    );
  const out = weights.slice();
  for (const row of new Set(bag)) {
    const c = classes[row]!;
    out[row] = (weights[row]! * wanted[c]!) / drawn[c]!;
  }
  return out;
}
