import { UsageError } from "../core/errors.ts";
import { timeframeName } from "../core/time.ts";
import { allocateBars, type BarSeries, sliceBars } from "./bars.ts";
import { floorToGrid } from "./timeGrid.ts";

/** Bars of a longer timeframe, and what was not whole in them. */
export interface Resampled {
  readonly bars: BarSeries;
  /** how many of the bars miss a source bar inside: they are kept, made of what is there */
  readonly incomplete: number;
  /** source bars before the first and after the last whole bucket, which make no bar */
  readonly droppedHead: number;
  readonly droppedTail: number;
}

/**
 * Joins bars to a whole multiple of their length: open of the first, highest high, lowest low, close of the last, sum
 * of volumes. Buckets are aligned to the epoch in UTC (whole weeks to Mondays).
 * A bucket that the series enters late or leaves early is dropped: its open or close is not known, and a bar that is
 * still forming must never look closed. A bucket that misses bars inside is kept and counted.
 * @param knownUntil ms UTC up to which every bar that there is has been given: a last bucket that ended by then is whole though
 * no bar closed at its end, as after an exchange's last hour
 * @throws UsageError when `toMs` is no whole multiple of `fromMs`
 */
export function resample(
  bars: BarSeries,
  fromMs: number,
  toMs: number,
  knownUntil = Number.NEGATIVE_INFINITY,
): Resampled {
  if (!(toMs >= fromMs) || toMs % fromMs !== 0) {
    throw new UsageError(
      `${timeframeName(fromMs)} bars cannot be joined to ${timeframeName(toMs)}: choose a whole multiple`,
    );
  }
  const perBucket = toMs / fromMs;
  const startOf = (row: number): number => floorToGrid(bars.closeTime[row]! - fromMs, toMs);
  let first = 0;
  let end = bars.length;
  if (bars.length > 0) {
    const firstBucket = startOf(0);
    if (bars.closeTime[0]! - fromMs !== firstBucket) {
      while (first < bars.length && startOf(first) === firstBucket) first++;
    }
    const lastBucket = startOf(bars.length - 1);
    const last = Math.max(bars.closeTime[bars.length - 1]!, knownUntil);
    if (last < lastBucket + toMs) {
      while (end > first && startOf(end - 1) === lastBucket) end--;
    }
  }
  const span = end > first ? (startOf(end - 1) - startOf(first)) / toMs + 1 : 0;
  const out = allocateBars(bars.instrument, Math.min(end - first, span));
  let count = 0;
  let incomplete = 0;
  for (let row = first; row < end; ) {
    const start = startOf(row);
    let high = bars.high[row]!;
    let low = bars.low[row]!;
    let volume = 0;
    let next = row;
    for (; next < end && startOf(next) === start; next++) {
      high = Math.max(high, bars.high[next]!);
      low = Math.min(low, bars.low[next]!);
      volume += bars.volume[next]!;
    }
    if (next - row !== perBucket) incomplete++;
    out.closeTime[count] = start + toMs;
    out.open[count] = bars.open[row]!;
    out.high[count] = high;
    out.low[count] = low;
    out.close[count] = bars.close[next - 1]!;
    out.volume[count] = volume;
    count++;
    row = next;
  }
  return {
    bars: sliceBars(out, 0, count),
    incomplete,
    droppedHead: first,
    droppedTail: bars.length - end,
  };
}
