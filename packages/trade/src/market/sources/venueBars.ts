import { DataError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { barFault } from "../barFault.ts";
import { allocateBars, type BarSeries } from "../bars.ts";
import { isOnGrid } from "../timeGrid.ts";

/** A bar as a venue gives it, in numbers; NaN for what is none. */
export interface BarRow {
  /** ms UTC */
  readonly closeTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * Columns from a venue's rows, each checked.
 * @throws DataError that names source, symbol and time for a row that is no bar, or not after the one before
 */
export function venueBars(
  rows: readonly BarRow[],
  from: {
    readonly source: string;
    readonly symbol: string;
    /** close of the bar before, or lower, ms UTC */
    readonly after: number;
    /** length of a bar whose starts lie on the grid of UTC (crypto); leave out where bars follow a session */
    readonly gridMs?: number;
    /** the rows have no volume (mark prices, indices): NaN is stored */
    readonly hasNoVolume?: boolean;
  },
): BarSeries {
  const bars = allocateBars(from.symbol, rows.length);
  let before = from.after;
  for (const [i, row] of rows.entries()) {
    const { closeTime, open, high, low, close } = row;
    const volume = from.hasNoVolume ? Number.NaN : row.volume;
    const isOffGrid = from.gridMs !== undefined && !isOnGrid(closeTime - from.gridMs, from.gridMs);
    const fault =
      !(closeTime > before) || closeTime === Number.POSITIVE_INFINITY || isOffGrid
        ? "its time is out of order or off the grid"
        : barFault(open, high, low, close, from.hasNoVolume ? 0 : volume);
    if (fault) {
      const start = closeTime - (from.gridMs ?? 0);
      const at = Math.abs(start) < 8.64e15 ? isoTime(start) : String(start);
      throw new DataError(`${from.source} gave a ${from.symbol} bar at ${at} that is none: ${fault}`);
    }
    before = closeTime;
    bars.closeTime[i] = closeTime;
    bars.open[i] = open;
    bars.high[i] = high;
    bars.low[i] = low;
    bars.close[i] = close;
    bars.volume[i] = volume;
  }
  return bars;
}
