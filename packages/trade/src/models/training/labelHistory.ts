import { lowerBound } from "../../core/columns.ts";
import { type LabelSpans, labelSpans } from "../../labels/index.ts";

/** From when to when each row's label is made, and by which prices. By row of the data; symbols one below the other. */
export interface LabelHistory {
  /** ms UTC, ascending within a symbol */
  readonly closeTime: Float64Array;
  /** ms UTC at which the label stops being the future */
  readonly knownAt: Float64Array;
  /** what `returnAttribution` reads */
  readonly close?: Float64Array | undefined;
  /** where each symbol's rows lie, [from, to); all are of one unless given */
  readonly symbols?: readonly { readonly symbol: string; readonly from: number; readonly to: number }[];
}

/**
 * The spans of some rows' labels, in bars counted from `from`: from the bar after the row to the one at whose close the label is known.
 * @param rows ascending, of one symbol, whose rows lie in [from, to)
 * @throws DataError that names the label when it is never known
 */
export function spansOfRows(
  { closeTime, knownAt }: LabelHistory,
  rows: Int32Array,
  from = 0,
  to = closeTime.length,
): LabelSpans {
  const own = closeTime.subarray(from, to);
  return labelSpans(
    rows.map((row) => row - from + 1),
    rows.map((row) => lowerBound(own, knownAt[row]!)),
    own.length,
  );
}
