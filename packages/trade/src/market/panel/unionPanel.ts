import { DataError, UsageError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, type Panel } from "../bars.ts";

/**
 * N series on one clock: every close time that any of them has, ascending; NaN in all columns of a series where it has no bar.
 * For trading them together; to see one beside others take `alignPanel`, which repeats what was known last.
 * @throws UsageError when an instrument is named twice; DataError when times do not strictly ascend
 */
export function unionPanel(series: readonly BarSeries[]): Panel {
  const names = new Set<string>();
  const times = new Set<number>();
  for (const { instrument, closeTime, length } of series) {
    if (names.has(instrument)) throw new UsageError(`panel: ${instrument} is named twice: name it once`);
    names.add(instrument);
    for (let t = 0; t < length; t++) {
      const time = closeTime[t]!;
      if (!Number.isFinite(time) || (t > 0 && time <= closeTime[t - 1]!)) {
        const when = Number.isFinite(time) ? isoTime(time) : String(time);
        throw new DataError(`panel: ${instrument} row ${t} (${when}) does not follow the row before it`);
      }
      times.add(time);
    }
  }
  const closeTime = Float64Array.from(times).sort();
  return { length: closeTime.length, closeTime, series: series.map((bars) => onClock(bars, closeTime)) };
}

function onClock(bars: BarSeries, closeTime: Float64Array): BarSeries {
  const placed = { ...allocateBars(bars.instrument, closeTime.length), closeTime };
  for (let t = 0, i = 0; t < closeTime.length; t++) {
    const isThere = i < bars.length && bars.closeTime[i] === closeTime[t];
    for (const name of BAR_COLUMNS) placed[name][t] = isThere ? bars[name][i]! : Number.NaN;
    if (isThere) i++;
  }
  return placed;
}
