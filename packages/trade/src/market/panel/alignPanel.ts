import { DataError, UsageError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, type Beside, type Panel, type Peers } from "../bars.ts";

/** Bars that a context bar may be old before it counts as missing: a long weekend and a day that a vendor left out. */
export const MAX_AGE_BARS = 5;

export interface AlignOptions {
  /** length of the target's bars in ms: the unit of age */
  readonly barMs: number;
  /** default 5. A context bar that closed longer than this before the target's is NaN; 0 takes equal closes only. */
  readonly maxAgeBars?: number;
  /** columns of the target as of its closes (see `besideColumns`), and its universe: handed on */
  readonly beside?: Beside | undefined;
  readonly peers?: Peers | undefined;
}

/**
 * The target with its context (indices, sector funds) on the target's clock: series[0] is the target itself, its
 * columns not copied; then each context series in the order given, joined as of the target's close: row t holds the
 * last context bar with closeTime <= the target's closeTime[t], whatever it holds, NaN in its missing columns included.
 * Never a later one: at that moment it was not known. The prices of a bar that stands for a missing one are
 * repeated, so its one-bar return is 0 and the next one spans both.
 *
 * A row is NaN in all context columns before the context's first bar and where its last bar is older than
 * `maxAgeBars` x `barMs`. Age is a matter of time and not of rows: after a halt of the target the context must be fresh
 * too. For daily bars 5 days span a weekend with a holiday; 0 suits a market that never closes.
 *
 * Every series has T = target.length rows and the target's closeTime. Daily bars are stamped from midnight to midnight
 * UTC: an index that closed in New York in the evening counts as known at the midnight after, never before its time.
 *
 * @throws DataError when times of a series are not finite and strictly ascending or its columns differ in length;
 * UsageError when a context instrument is named twice or an option is not possible
 */
export function alignPanel(target: BarSeries, context: readonly BarSeries[], options: AlignOptions): Panel {
  const { barMs, maxAgeBars = MAX_AGE_BARS, beside, peers } = options;
  if (!(barMs > 0 && Number.isFinite(barMs)))
    throw new UsageError(`panel: bars of ${barMs} ms are not possible: give a length above 0`);
  if (!(maxAgeBars >= 0))
    throw new UsageError(`panel: a greatest age of ${maxAgeBars} bars is not possible: give a number >= 0`);
  const names = new Set<string>();
  for (const { instrument } of context) {
    if (names.has(instrument))
      throw new UsageError(`panel: ${instrument} is named twice in the context: name it once`);
    names.add(instrument);
  }
  for (const bars of [target, ...context]) checkColumns(bars);
  return {
    length: target.length,
    closeTime: target.closeTime,
    series: [target, ...context.map((bars) => asOf(target.closeTime, bars, maxAgeBars * barMs))],
    ...(beside ? { beside } : {}),
    ...(peers ? { peers } : {}),
  };
}

function asOf(clock: Float64Array, bars: BarSeries, maxAgeMs: number): BarSeries {
  const joined = { ...allocateBars(bars.instrument, clock.length), closeTime: clock };
  let next = 0;
  for (let t = 0; t < clock.length; t++) {
    while (next < bars.length && bars.closeTime[next]! <= clock[t]!) next++;
    const fresh = next > 0 && clock[t]! - bars.closeTime[next - 1]! <= maxAgeMs;
    for (const name of BAR_COLUMNS) joined[name][t] = fresh ? bars[name][next - 1]! : Number.NaN;
  }
  return joined;
}

function checkColumns(bars: BarSeries): void {
  for (const name of ["closeTime", ...BAR_COLUMNS] as const) {
    if (bars[name].length !== bars.length) {
      throw new DataError(
        `panel: ${bars.instrument} has ${bars[name].length} rows of ${name} where it says ${bars.length}`,
      );
    }
  }
  for (let t = 0; t < bars.length; t++) {
    const time = bars.closeTime[t]!;
    if (!Number.isFinite(time))
      throw new DataError(`panel: ${bars.instrument} row ${t}: '${time}' is not a time`);
    if (t > 0 && time <= bars.closeTime[t - 1]!) {
      throw new DataError(
        `panel: ${bars.instrument} row ${t}: ${isoTime(time)} does not follow ${isoTime(bars.closeTime[t - 1]!)}: times must be strictly ascending`,
      );
    }
  }
}
