import { lowerBound } from "../../core/columns.ts";
import { UsageError } from "../../core/errors.ts";
import type { SplitPart, TimeSplit, TimeSplitConfig } from "../validation/index.ts";

export interface CalendarRows {
  /** [N] ms UTC of every stacked row: ascending within an instrument, anew for the next */
  readonly closeTime: Float64Array;
  /** [N] ms UTC at which the row's labels are known */
  readonly knownAt: Float64Array;
  /** rows that can be learned from */
  readonly rows: Int32Array;
}

/** Distinct times of all instruments, ascending: their common calendar. */
export function unionCalendar(closeTime: Float64Array): Float64Array {
  const sorted = closeTime.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i]!;
  }
  return sorted.slice(0, count);
}

/**
 * Cuts the rows of many instruments by time, at the same moments for all of them: what one stock did in March must not
 * teach a network that is tested on another stock's March. Shares are of the days (distinct times) on which there is
 * a usable row, so that an instrument that was listed late moves no boundary by its number of rows.
 *
 * A row of an earlier part stays only if its own outcome is known `embargoBars` days of the common calendar before the
 * next part begins: knownAt[row] <= calendar[first - embargoBars]. Rows whose outcome lies beyond the boundary itself
 * count as purged, the others as embargoed (Lopez de Prado 2018, 7.4).
 *
 * @param window bars that one sample spans: the embargo unless the configuration says another
 * @throws UsageError when a part is left without rows, naming it
 */
export function calendarSplit(input: CalendarRows, config: TimeSplitConfig, window: number): TimeSplit {
  const { closeTime, rows } = input;
  const embargoBars = config.embargoBars ?? window;
  const days = unionCalendar(Float64Array.from(rows, (row) => closeTime[row]!));
  const startOf = (share: number): number =>
    days[Math.round(days.length * share)] ?? Number.POSITIVE_INFINITY;
  const validationFrom = startOf(config.train);
  const testFrom = startOf(config.train + config.validation);
  const within = (from: number, to: number): Int32Array =>
    rows.filter((row) => closeTime[row]! >= from && closeTime[row]! < to);

  const counts = { purged: 0, embargoed: 0 };
  const part = (name: "train" | "validation" | "test", from: number, to: number): SplitPart => {
    const all = within(from, to);
    const cut = cutBefore(input, all, to, embargoBars);
    counts.purged += cut.purged;
    counts.embargoed += cut.embargoed;
    if (cut.rows.length === 0) {
      throw new UsageError(
        `split.${name}: no rows are left of ${all.length} (${rows.length} usable on ${days.length} days in all) after purging and an embargo of ${embargoBars} bars: give more bars, a larger share or a smaller embargoBars`,
      );
    }
    return partOf(input, cut.rows);
  };
  const train = part("train", Number.NEGATIVE_INFINITY, validationFrom);
  const validation = part("validation", validationFrom, testFrom);
  const test = part("test", testFrom, Number.POSITIVE_INFINITY);
  return { train, validation, test, embargoBars, ...counts };
}

/**
 * Holds back the last `share` of the days of some rows, purged and embargoed like a part of the split.
 * @throws UsageError when either side is left without rows
 */
export function holdBack(
  input: Omit<CalendarRows, "rows">,
  rows: Int32Array,
  share: number,
  embargoBars: number,
): { kept: Int32Array; heldBack: Int32Array } {
  const { closeTime } = input;
  const days = unionCalendar(Float64Array.from(rows, (row) => closeTime[row]!));
  const from = days[Math.round(days.length * (1 - share))] ?? Number.POSITIVE_INFINITY;
  const heldBack = rows.filter((row) => closeTime[row]! >= from);
  const kept = cutBefore(
    { ...input, rows },
    rows.filter((row) => closeTime[row]! < from),
    from,
    embargoBars,
  ).rows;
  if (kept.length === 0 || heldBack.length === 0) {
    throw new UsageError(
      `training.confidence.heldBack: ${share} of the training days leaves ${kept.length} rows to train on and ${heldBack.length} to judge the direction on: give more bars or another share`,
    );
  }
  return { kept, heldBack };
}

function cutBefore(
  { closeTime, knownAt }: CalendarRows,
  earlier: Int32Array,
  boundary: number,
  embargoBars: number,
): { rows: Int32Array; purged: number; embargoed: number } {
  if (boundary === Number.POSITIVE_INFINITY) return { rows: earlier, purged: 0, embargoed: 0 };
  const calendar = unionCalendar(closeTime);
  const at = lowerBound(calendar, boundary) - embargoBars;
  const limit = at >= 0 ? calendar[at]! : Number.NEGATIVE_INFINITY;
  let purged = 0;
  let embargoed = 0;
  const kept = earlier.filter((row) => {
    if (knownAt[row]! <= limit) return true;
    if (knownAt[row]! > boundary) purged++;
    else embargoed++;
    return false;
  });
  return { rows: kept, purged, embargoed };
}

function partOf({ closeTime, knownAt }: CalendarRows, rows: Int32Array): SplitPart {
  const times = (pick: (row: number) => number, better: (a: number, b: number) => number): number =>
    rows.reduce((found, row) => better(found, pick(row)), pick(rows[0]!));
  return {
    rows,
    from: times((row) => closeTime[row]!, Math.min),
    to: times((row) => closeTime[row]!, Math.max),
    knownUntil: times((row) => knownAt[row]!, Math.max),
  };
}
