import { DataError } from "../../core/errors.ts";
import { isoTime, timeframeName } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries } from "../../market/bars.ts";
import { resample } from "../../market/resample.ts";
import { isOnGrid } from "../../market/timeGrid.ts";

/** Bars of a longer timeframe, and for every row of the shorter one which of them had closed by then. */
export interface HigherBars {
  readonly bars: BarSeries;
  /** the row in `bars` of the last one that closed at or before the row's close, -1 where there is none */
  readonly seen: Int32Array;
}

/**
 * Joins sound bars to a longer timeframe (`resample`) and tells what of it each row may know: a longer bar is seen from the
 * close of the last bar inside it on, never while it still forms. A bar that is missing (NaN) inside is left out of the longer
 * one; one that is missing at its end leaves it unseen until the next sound bar, since only that one shows that the longer is over.
 * `bars`: as `panelBars` gives them, checked by `requireTimeframe`.
 */
export function higherBars(bars: BarSeries, fromMs: number, toMs: number): HigherBars {
  const sound = withoutHoles(bars);
  const higher = resample(sound, fromMs, toMs).bars;
  const seen = new Int32Array(bars.length);
  let last = -1;
  for (let t = 0; t < bars.length; t++) {
    if (!Number.isNaN(bars.close[t]!)) {
      while (last + 1 < higher.length && higher.closeTime[last + 1]! <= bars.closeTime[t]!) last++;
    }
    seen[t] = last;
  }
  return { bars: higher, seen };
}

/** A column of the longer bars on the rows of the shorter ones; NaN where none had closed. */
export function onRows(column: Float32Array, seen: Int32Array): Float32Array {
  const out = new Float32Array(seen.length);
  for (let t = 0; t < out.length; t++) out[t] = seen[t]! < 0 ? Number.NaN : column[seen[t]!]!;
  return out;
}

/** @throws DataError unless the bars close one after the other on the grid of this timeframe, and not all further apart */
export function requireTimeframe(bars: BarSeries, timeframeMs: number, set: string): void {
  let least = Number.POSITIVE_INFINITY;
  const name = timeframeName(timeframeMs);
  for (let t = 0; t < bars.length; t++) {
    const time = bars.closeTime[t]!;
    const step = t === 0 ? timeframeMs : time - bars.closeTime[t - 1]!;
    if (!(Number.isFinite(time) && step > 0 && isOnGrid(time, timeframeMs))) {
      const when = Number.isFinite(time) && Math.abs(time) < 8e15 ? isoTime(time) : String(time);
      throw new DataError(
        `${set}: row ${t} of ${bars.instrument} closes at ${when}: ${name} bars close in ascending order at whole ${name}`,
      );
    }
    if (t > 0) least = Math.min(least, step);
  }
  if (bars.length > 1 && least > timeframeMs) {
    throw new DataError(
      `${set}: ${bars.instrument} has no two bars ${name} apart: give ${name} bars, or begin 'timeframes' with the bars' own`,
    );
  }
}

function withoutHoles(bars: BarSeries): BarSeries {
  const holes = bars.close.reduce((count, price) => count + (Number.isNaN(price) ? 1 : 0), 0);
  if (holes === 0) return bars;
  const sound = allocateBars(bars.instrument, bars.length - holes);
  let row = 0;
  for (let t = 0; t < bars.length; t++) {
    if (Number.isNaN(bars.close[t]!)) continue;
    for (const name of ["closeTime", ...BAR_COLUMNS] as const) sound[name][row] = bars[name][t]!;
    row++;
  }
  return sound;
}
