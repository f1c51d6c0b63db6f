import { UsageError } from "../core/errors.ts";
import { timeframeMs } from "../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, type Panel } from "../market/bars.ts";
import { columnsOf } from "./barColumns.ts";
import { eachBatch, type ManyBars, readClock } from "./readManyBars.ts";
import type { Workspace } from "./workspace.ts";

export interface PanelSlicesRequest extends ManyBars {
  /** bars that lie wholly within [from, to], ms UTC; default all */
  readonly from?: number;
  readonly to?: number;
  /** rows of a slice that no other slice has */
  readonly sliceBars: number;
  /** rows before them that the slice before had already, for lookbacks; the first slices have fewer. Default 0 */
  readonly overlapBars?: number;
}

export interface PanelSlice {
  /** overlap and new rows: N series on one clock, NaN where a symbol has no bar */
  readonly panel: Panel;
  /** the panel's first row in the whole panel */
  readonly from: number;
  /** rows at its beginning that the slice before had already */
  readonly overlap: number;
  /** rows of the whole panel */
  readonly rows: number;
}

/**
 * The panel of many stored series, slice after slice: never more than `sliceBars + overlapBars` rows of it are in memory,
 * however many there are, and one column of all close times. The clock is every close time that any of the series has.
 * Each slice opens the files anew: the larger a slice, the quicker the whole.
 * @throws DataError when a symbol is not stored or damaged; UsageError for slices without rows
 */
export async function* panelSlices(
  workspace: Workspace,
  request: PanelSlicesRequest,
): AsyncGenerator<PanelSlice> {
  const { sliceBars, overlapBars = 0 } = request;
  if (!Number.isInteger(sliceBars) || sliceBars < 1) {
    throw new UsageError(`panel: slices of ${sliceBars} bars are not possible: give a whole number above 0`);
  }
  if (!Number.isInteger(overlapBars) || overlapBars < 0) {
    throw new UsageError(
      `panel: an overlap of ${overlapBars} bars is not possible: give a whole number >= 0`,
    );
  }
  const twice = request.symbols.find((s, i) => request.symbols.indexOf(s) !== i);
  if (twice) throw new UsageError(`panel: ${twice} is named twice: name it once`);
  const range = {
    ...(request.from === undefined ? {} : { from: request.from }),
    ...(request.to === undefined ? {} : { to: request.to }),
  };
  const clock = await readClock(workspace, request, range);
  for (let fresh = 0; fresh < clock.length; fresh += sliceBars) {
    const from = Math.max(0, fresh - overlapBars);
    const rows = clock.subarray(from, Math.min(clock.length, fresh + sliceBars));
    const panel = await readPanel(workspace, request, rows.slice());
    yield { panel, from, overlap: fresh - from, rows: clock.length };
  }
}

/** The series on a clock that has all their close times between its ends. */
async function readPanel(workspace: Workspace, many: ManyBars, closeTime: Float64Array): Promise<Panel> {
  const barMs = timeframeMs(many.timeframe);
  const range = { from: closeTime[0]! - barMs, to: closeTime[closeTime.length - 1]! };
  const series = new Array<BarSeries>(many.symbols.length);
  await eachBatch(workspace, many, range, columnsOf(many.kind ?? "bars"), (bars, index) => {
    series[index] = onClock(bars, closeTime);
  });
  return { length: closeTime.length, closeTime, series };
}

function onClock(bars: BarSeries, closeTime: Float64Array): BarSeries {
  const placed = { ...allocateBars(bars.instrument, closeTime.length), closeTime };
  for (let t = 0, i = 0; t < closeTime.length; t++) {
    // a bar that was stored after the clock was read is of no slice
    while (i < bars.length && bars.closeTime[i]! < closeTime[t]!) i++;
    const isThere = i < bars.length && bars.closeTime[i] === closeTime[t];
    for (const name of BAR_COLUMNS) placed[name][t] = isThere ? bars[name][i]! : Number.NaN;
  }
  return placed;
}
