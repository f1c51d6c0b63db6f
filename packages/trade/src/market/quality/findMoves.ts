import { DAY_MS } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import { HOLE_MS } from "./findSplits.ts";
import { robustScale, sigmasFromBothSides } from "./rollingScale.ts";
import type { TradingCalendar } from "./tradingDays.ts";

/** Robust standard deviations from the local median past which a log return counts as an outlier. */
export const OUTLIER_SIGMAS = 10;
/** A spike is over when the price is back, within this many bars, up to a third of the move. */
const REVERSION_BARS = 3;
const REVERSION_SHARE = 1 / 3;
/** Returns to each side of one that make its scale: a day of them, at least 50 and at most 500. */
const LEAST_WINDOW = 50;
const MOST_WINDOW = 500;
/** No scale is told from fewer returns. */
const LEAST_RETURNS = 20;
/** A market that stands still for hours would make each tick after it an outlier: the scale has a floor. */
const FLOOR_SHARE = 1 / 4;

export interface Move {
  /** the first bar of the move */
  readonly row: number;
  /** bars away from their neighbours: of a spike those until it is back, of a jump one */
  readonly rows: number;
  readonly isSpike: boolean;
  /** log return of the first bar */
  readonly size: number;
  /** robust standard deviations from the local median: of the side, before or after, where it is less odd */
  readonly sigmas: number;
}

/**
 * Moves of the close far past what was usual both before and after them. Moves over a pause of an exchange (a night,
 * a weekend) are judged among their like, those within a session among theirs. Over a hole of a market without pauses,
 * and over ten days at an exchange, there is no one-bar move.
 */
export function findMoves(
  bars: BarSeries,
  barMs: number,
  calendar: TradingCalendar,
): { readonly moves: readonly Move[]; readonly judged: number } {
  const window = Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, Math.round(DAY_MS / barMs)));
  const steps: number[][] = [[], []];
  for (let i = 1; i < bars.length; i++) {
    const step = bars.closeTime[i]! - bars.closeTime[i - 1]!;
    if (!(step > 0) || !Number.isFinite(Math.log(bars.close[i]! / bars.close[i - 1]!))) continue;
    if (calendar === "continuous" ? step !== barMs : step > barMs + HOLE_MS) continue;
    steps[barMs < DAY_MS && step > barMs ? 1 : 0]!.push(i);
  }
  const sigmasOfRow = new Map<number, number>();
  for (const rows of steps) {
    if (rows.length < LEAST_RETURNS) continue;
    const returns = Float64Array.from(rows, (i) => Math.log(bars.close[i]! / bars.close[i - 1]!));
    const floor = robustScale(returns).sigma * FLOOR_SHARE;
    sigmasFromBothSides(returns, window, floor).forEach((sigmas, k) => {
      if (sigmas > OUTLIER_SIGMAS) sigmasOfRow.set(rows[k]!, sigmas);
    });
  }
  const moves: Move[] = [];
  let done = -1;
  for (const row of [...sigmasOfRow.keys()].sort((a, b) => a - b)) {
    if (row <= done) continue;
    const size = Math.log(bars.close[row]! / bars.close[row - 1]!);
    const back = rowsUntilBack(bars, row, size);
    moves.push({ row, rows: back ?? 1, isSpike: back !== null, size, sigmas: sigmasOfRow.get(row)! });
    // the way back of a spike is part of it
    done = back === null ? row : row + back;
  }
  return { moves, judged: steps[0]!.length + steps[1]!.length };
}

/** How many bars from `row` on stay away from the close before it; null when the price does not come back. */
function rowsUntilBack(bars: BarSeries, row: number, size: number): number | null {
  for (let k = 1; k <= REVERSION_BARS && row + k < bars.length; k++) {
    const left = Math.abs(Math.log(bars.close[row + k]! / bars.close[row - 1]!));
    if (left <= REVERSION_SHARE * Math.abs(size)) return k;
  }
  return null;
}
