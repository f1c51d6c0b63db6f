import { UsageError } from "../../core/errors.ts";
import { type PurgedFold, purgeRows } from "../validation/purgedKFold.ts";

export interface WalkForwardOptions {
  readonly folds: number;
  /** share of the rows before the first test fold */
  readonly firstShare: number;
}

/**
 * Folds as time goes: the rows after the first share are cut into stretches, and each is foretold by a model of the rows before
 * it whose outcome was known before its first row. Nothing of a later time is learned from; `fold.test` of all
 * folds together are the unseen rows.
 * @param rows ascending row numbers, of one instrument
 * @throws UsageError when a fold is left without rows
 */
export function walkForwardFolds(
  rows: Int32Array,
  { time, knownAt }: { readonly time: Float64Array; readonly knownAt: Float64Array },
  { folds, firstShare }: WalkForwardOptions,
): PurgedFold[] {
  const first = Math.round(rows.length * firstShare);
  return Array.from({ length: folds }, (_, k) => {
    const from = Math.round(first + ((rows.length - first) * k) / folds);
    const to = Math.round(first + ((rows.length - first) * (k + 1)) / folds);
    const test = rows.slice(from, to);
    const earlier = rows.slice(0, from);
    const kept =
      test.length > 0
        ? purgeRows(earlier, test, { time, knownAt }, 0)
        : { rows: new Int32Array(0), purged: 0 };
    if (kept.rows.length === 0)
      throw new UsageError(
        `regimes: fold ${k + 1} of ${folds} is left without rows (${rows.length} in all): give more bars or fewer folds`,
      );
    return { train: kept.rows, test, purged: kept.purged, embargoed: 0 };
  });
}
