import { lowerBound } from "../../core/columns.ts";
import { seededRandom } from "../../core/random.ts";
import { DAY_MS } from "../../core/time.ts";
import { unionCalendar } from "../../models/multiTask/calendarSplit.ts";
import type { StackedRows } from "../../models/multiTask/stackedRows.ts";
import type { TimeSplit } from "../../models/validation/index.ts";

/**
 * Times (ms UTC, ascending) at which the bars are cut off and changed: both sides of the split's boundaries, of the largest
 * gap and of a session's start, the last bar but one, and the rest spread over the rows that have all their history, one
 * drawn at random from each equal stretch: whatever repeats with the hour or the weekday is met out of step.
 */
export function auditMoments(
  stack: StackedRows,
  split: TimeSplit,
  first: number,
  options: { count: number; seed: number },
): number[] {
  const times = unionCalendar(stack.closeTime);
  const begin = Math.min(lowerBound(times, first), times.length - 1);
  const found = new Set<number>();
  const add = (i: number): void => {
    if (i >= begin && i < times.length - 1) found.add(times[i]!);
  };
  for (const moment of [split.train.to, split.validation.from, split.validation.to, split.test.from])
    add(lowerBound(times, moment));
  for (const i of [largestGap(times, begin), sessionStart(times, begin)]) {
    add(i - 1);
    add(i);
  }
  add(times.length - 2);
  const random = seededRandom(options.seed);
  const spread = Math.max(2, options.count - found.size);
  for (let k = 0; k < spread; k++)
    add(begin + Math.floor(((k + random.next()) / spread) * (times.length - begin)));
  return [...found].sort((a, b) => a - b);
}

/** The time that follows the longest gap; the middle where all steps are alike. */
function largestGap(times: Float64Array, begin: number): number {
  let at = -1;
  let [most, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = begin + 1; i < times.length; i++) {
    const gap = times[i]! - times[i - 1]!;
    least = Math.min(least, gap);
    if (gap > most) [most, at] = [gap, i];
  }
  return most > least ? at : Math.floor((begin + times.length) / 2);
}

/** The first bar of a day (UTC) in the second half; of daily bars, of a week. */
function sessionStart(times: Float64Array, begin: number): number {
  const daily = times.length > 1 && times[1]! - times[0]! >= DAY_MS;
  // 1970 began on a Thursday
  const sessionOf = (time: number): number =>
    // a bar that closes at midnight belongs to the day before
    daily ? Math.floor(((time - 1) / DAY_MS + 3) / 7) : Math.floor((time - 1) / DAY_MS);
  for (let i = Math.floor((begin + times.length) / 2); i < times.length; i++)
    if (i > 0 && sessionOf(times[i]!) !== sessionOf(times[i - 1]!)) return i;
  return -1;
}
