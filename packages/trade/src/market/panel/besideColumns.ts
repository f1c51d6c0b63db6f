import { lowerBound } from "../../core/columns.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import type { BarSeries, Beside } from "../bars.ts";
import type { FundingSeries } from "../funding.ts";
import type { OpenInterestSeries } from "../openInterest.ts";

/** Three settlements of eight hours: a rate older than that is no longer the market's. */
export const FUNDING_MAX_AGE_MS = DAY_MS;
/** Of mark prices and open interest, in their own steps: one that is missing is bridged, two are not. */
export const BESIDE_MAX_AGE_STEPS = 2;

/** What is stored of one perpetual future beside its bars. */
export interface BesideSeries {
  readonly funding?: FundingSeries;
  /** mark bars of any length */
  readonly mark?: { readonly bars: BarSeries; readonly stepMs: number };
  readonly openInterest?: { readonly series: OpenInterestSeries; readonly stepMs: number };
}

/**
 * Columns [T] of what stands beside the bars, T = bars.length: row t holds the last value whose time <= closeTime[t],
 * NaN before the first and where the last is older than its limit (funding a day, the others two of their own steps).
 *
 * Exchanges stamp a settlement some milliseconds after the hour at which it was due: a rate of the first minute after an
 * hour counts from the hour on. Whatever else holds of its time, it is never seen earlier.
 *
 * Mark bars may be longer than the bars (eight hours beside five minutes). `closeAtMark` is the instrument's own close at
 * the very close of the mark bar, NaN where there is no such bar: close / mark - 1 of the same moment is a basis, that of
 * two moments would be mostly the move of the price between them.
 */
export function besideColumns(bars: BarSeries, { funding, mark, openInterest }: BesideSeries): Beside {
  const { closeTime: clock } = bars;
  const columns: { -readonly [K in keyof Beside]: Beside[K] } = {};
  if (funding) {
    const rows = lastKnown(clock, funding.time.map(settlementHour), FUNDING_MAX_AGE_MS);
    columns.funding = picked(rows, funding.rate);
  }
  if (mark) {
    const { closeTime, close } = mark.bars;
    const rows = lastKnown(clock, closeTime, BESIDE_MAX_AGE_STEPS * mark.stepMs);
    const own = Float64Array.from(closeTime, (time) => {
      const row = lowerBound(clock, time);
      return clock[row] === time ? bars.close[row]! : Number.NaN;
    });
    columns.mark = picked(rows, close);
    columns.closeAtMark = picked(rows, own);
  }
  if (openInterest) {
    const { series, stepMs } = openInterest;
    columns.openInterest = picked(
      lastKnown(clock, series.time, BESIDE_MAX_AGE_STEPS * stepMs),
      series.contracts,
    );
  }
  return columns;
}

/** The hour at which a settlement was due, of a time in the first minute after it; any other time as it is. */
export function settlementHour(time: number): number {
  const late = time % HOUR_MS;
  return late < MINUTE_MS ? time - late : time;
}

/** The row that was last known at each moment of the clock, -1 where there is none or it is older than `maxAgeMs`. */
function lastKnown(clock: Float64Array, time: Float64Array, maxAgeMs: number): Int32Array {
  const rows = new Int32Array(clock.length);
  let next = 0;
  for (let t = 0; t < clock.length; t++) {
    while (next < time.length && time[next]! <= clock[t]!) next++;
    rows[t] = next > 0 && clock[t]! - time[next - 1]! <= maxAgeMs ? next - 1 : -1;
  }
  return rows;
}

function picked(rows: Int32Array, values: Float64Array): Float64Array {
  return Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : values[row]!));
}
