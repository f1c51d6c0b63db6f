import { lowerBound } from "../core/columns.ts";
import { DataError } from "../core/errors.ts";

/**
 * The bars that labels are made of: label i spans the bars first[i] to last[i], both inclusive, in order of `first`. Two labels
 * overlap where they share a bar.
 */
export interface LabelSpans {
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** bars in all: every `last` is below it */
  readonly bars: number;
}

/**
 * @throws DataError that names the label when one ends before it begins, leaves the bars, or begins before the one before it
 */
export function labelSpans(first: ArrayLike<number>, last: ArrayLike<number>, bars: number): LabelSpans {
  if (first.length !== last.length)
    throw new DataError(`label spans: ${first.length} beginnings and ${last.length} ends`);
  for (let i = 0; i < first.length; i++) {
    const [from, to] = [first[i]!, last[i]!];
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to < bars && from <= to))
      throw new DataError(
        `label spans: label ${i} from bar ${from} to ${to} is no span of ${bars} bars: drop labels that are not known`,
      );
    if (i > 0 && from < first[i - 1]!)
      throw new DataError(`label spans: label ${i} begins before the one before it: sort them by time`);
  }
  return { first: Int32Array.from(first), last: Int32Array.from(last), bars };
}

/**
 * The spans of the labelled rows: from the bar after the row to the one at whose close the label is known. These are the
 * returns that made it, and two labels are concurrent where they share a return (Lopez de Prado 2018, 4.3); the code of his
 * snippet 4.1 counts the bar of the decision as well, which makes neighbours of one bar overlap that have nothing in common.
 *
 * @param knownAt ms UTC by row, finite where there is a label and then the close of a later bar
 * @returns the rows that have a label, and their spans
 */
export function spansOfLabels(
  closeTime: Float64Array,
  knownAt: Float64Array,
): { rows: Int32Array; spans: LabelSpans } {
  if (knownAt.length !== closeTime.length)
    throw new DataError(`label spans: ${knownAt.length} label times for ${closeTime.length} bars`);
  const rows = Int32Array.from(closeTime.keys()).filter((t) => Number.isFinite(knownAt[t]!));
  const last = rows.map((t) => lowerBound(closeTime, knownAt[t]!));
  return {
    rows,
    spans: labelSpans(
      rows.map((t) => t + 1),
      last,
      closeTime.length,
    ),
  };
}
