import { upperBound } from "../../core/columns.ts";
import type { BarSeries } from "../../market/bars.ts";

/** One in so many symbols must have reached a close before the universe counts as having reached it. */
export const REACHED_BY_ONE_IN = 20;

/** How many of `symbols` must have reached a close. */
export function quorum(symbols: number): number {
  return Math.ceil(symbols / REACHED_BY_ONE_IN);
}

/** The latest close by `asOf` that a quorum of the symbols with any bar by then has reached; NaN when none has a bar. */
export function newestClose(series: readonly BarSeries[], asOf: number): number {
  return newestOf(
    series.flatMap((bars) => bars.closeTime[upperBound(bars.closeTime, asOf, bars.length) - 1] ?? []),
  );
}

/** The latest of the symbols' last closes that a quorum of them has reached; NaN when there is none. */
export function newestOf(lasts: readonly number[]): number {
  return Float64Array.from(lasts).sort()[lasts.length - quorum(lasts.length)] ?? Number.NaN;
}

/** The last `count` closes up to `newest` that any symbol has, each once, ascending; fewer where there are fewer. */
export function recentCloses(series: readonly BarSeries[], newest: number, count: number): number[] {
  const recent: number[] = [];
  for (const { closeTime, length } of series) {
    const end = upperBound(closeTime, newest, length);
    for (let t = end - 1; t >= Math.max(0, end - count); t--) insertNewest(recent, closeTime[t]!, count);
  }
  return recent;
}

/** Keeps the `count` latest times, each once, ascending. */
function insertNewest(times: number[], time: number, count: number): void {
  if (times.length === count && time < times[0]!) return;
  let k = times.length;
  while (k > 0 && times[k - 1]! > time) k--;
  if (k > 0 && times[k - 1] === time) return;
  times.splice(k, 0, time);
  if (times.length > count) times.shift();
}
