import { z } from "zod";
import { lowerBound } from "../../core/columns.ts";
import { DataError, UsageError } from "../../core/errors.ts";

/** When each row decides and when its outcome is known, ms UTC, in any order; rows of many instruments may share a time. */
export interface LabelSpans {
  readonly time: Float64Array;
  readonly knownAt: Float64Array;
  /** times of all bars, ascending: what an embargo counts; the rows' own different times unless given */
  readonly calendar?: Float64Array;
}

export const PurgedKFoldConfig = z.strictObject({
  folds: z.int().min(2).max(100).default(5),
  /** bars after a test fold's last outcome that no training row may decide on */
  embargoBars: z.int().min(0).default(1),
});
export type PurgedKFoldConfig = z.output<typeof PurgedKFoldConfig>;

export interface PurgedFold {
  /** rows, ascending */
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** rows left out because their outcome's span overlaps the test fold's, and by the embargo after it */
  readonly purged: number;
  readonly embargoed: number;
}

/**
 * K folds by time: each row is in one test fold, a test fold is a stretch of time, and rows of one time are never parted.
 * A row's outcome depends on (time, knownAt]. Training rows are all others without
 *   those whose span overlaps the test fold's (first time, last knownAt]          (purging), and
 *   those that decide on one of the `embargoBars` bars from that last knownAt on  (embargo).
 * Lopez de Prado 2018, Advances in Financial Machine Learning, 7.4.1 and 7.4.2.
 * @throws UsageError when a fold is left without training rows; DataError when a span is not one
 */
export function purgedKFold(spans: LabelSpans, config: PurgedKFoldConfig): PurgedFold[] {
  const order = orderedRows(spans);
  const { time } = spans;
  const rows = order.length;
  const cuts = Array.from({ length: config.folds + 1 }, (_, k) => {
    let at = Math.round((rows * k) / config.folds);
    // back to the first row of its time
    while (at > 0 && at < rows && time[order[at]!] === time[order[at - 1]!]) at--;
    return at;
  });
  return cuts.slice(1).map((to, k) => {
    const from = cuts[k]!;
    if (to <= from)
      throw new UsageError(
        `folds: fold ${k + 1} of ${config.folds} has no rows (${rows} in all): give more rows or fewer folds`,
      );
    const test = order.slice(from, to).sort();
    const others = Int32Array.from([...order.subarray(0, from), ...order.subarray(to)]).sort();
    const kept = purgeRows(others, test, spans, config.embargoBars);
    if (kept.rows.length === 0)
      throw new UsageError(
        `folds: fold ${k + 1} of ${config.folds} has no training rows left after purging ${kept.purged} and an ` +
          `embargo of ${kept.embargoed}: give more rows or a smaller embargoBars`,
      );
    return { train: kept.rows, test, purged: kept.purged, embargoed: kept.embargoed };
  });
}

/** `candidates` without the rows that overlap the stretch of time of `test`, or follow it within the embargo. */
export function purgeRows(
  candidates: Int32Array,
  test: Int32Array,
  { time, knownAt, calendar }: LabelSpans,
  embargoBars: number,
): { rows: Int32Array; purged: number; embargoed: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of test) {
    first = Math.min(first, time[row]!);
    last = Math.max(last, knownAt[row]!);
  }
  const bars = calendar ?? Float64Array.from(new Set(time)).sort();
  // the first bar from which on nothing is embargoed
  const free = bars[lowerBound(bars, last) + embargoBars] ?? Number.POSITIVE_INFINITY;
  let [purged, embargoed] = [0, 0];
  const rows = candidates.filter((row) => {
    if (knownAt[row]! <= first) return true;
    if (time[row]! < last) purged++;
    else if (time[row]! < free) embargoed++;
    else return true;
    return false;
  });
  return { rows, purged, embargoed };
}

/** Row numbers by time, rows of one time in their own order. */
function orderedRows({ time, knownAt, calendar }: LabelSpans): Int32Array {
  if (time.length === 0) throw new DataError("folds: no rows: give at least two a fold");
  if (knownAt.length !== time.length)
    throw new DataError(`folds: ${knownAt.length} label times for ${time.length} rows`);
  time.forEach((t, i) => {
    if (!Number.isFinite(t) || !(knownAt[i]! >= t && knownAt[i]! < Number.POSITIVE_INFINITY))
      throw new DataError(
        `folds: row ${i} decides at ${t} and is known at ${knownAt[i]}: both have to be finite and in this order`,
      );
  });
  calendar?.forEach((t, i) => {
    if (!(i === 0 ? Number.isFinite(t) : t > calendar[i - 1]!))
      throw new DataError(`folds: bar ${i} of the calendar does not follow the one before`);
  });
  return Int32Array.from(time, (_, i) => i).sort((a, b) => time[a]! - time[b]! || a - b);
}
