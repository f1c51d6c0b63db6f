import { isoTime } from "../../core/time.ts";
import { BAR_COLUMNS, type BarSeries } from "../bars.ts";
import { pickBars } from "../pickBars.ts";
import { findMoves } from "./findMoves.ts";
import { findSplits } from "./findSplits.ts";
import type { TradingCalendar } from "./tradingDays.ts";

/** Robust standard deviations past which a spike of one bar that comes back is dropped. */
export const DROP_SIGMAS = 20;
/** A true crash or surge is traded: its volume stands out. Bars to each side that tell what is usual. */
const VOLUME_NEIGHBOURS = 10;
const MOST_VOLUME_RATIO = 3;

/** One number that a repair changed. `after` is null where the bar was dropped: nothing is invented in its place. */
export interface RepairEntry {
  /** start of the bar, ISO 8601; the row of one without a time */
  readonly time: string;
  readonly column: "time" | (typeof BAR_COLUMNS)[number];
  readonly before: number | null;
  readonly after: number | null;
  /** why, in words */
  readonly rule: string;
  /** false: proposed only, the numbers are as they were */
  readonly applied: boolean;
}

export interface Repair {
  readonly bars: BarSeries;
  readonly journal: readonly RepairEntry[];
  readonly droppedBars: number;
  /** bars that stood before an earlier one and were put in their place */
  readonly movedBars: number;
  /** splits that the prices seem to lack: factors are proposed, never applied */
  readonly proposals: number;
}

/**
 * A copy of bars without what is surely broken: bars out of order are sorted, one of two equal bars is dropped, and so
 * are spikes of one bar beyond `DROP_SIGMAS` that come back and were not traded more than usual. Gaps stay gaps: no
 * number is made up. Two bars of one time with different content both stay: which one is right is not known.
 */
export function repairBars(bars: BarSeries, barMs: number, calendar: TradingCalendar): Repair {
  const journal: RepairEntry[] = [];
  const note = (
    row: number,
    column: RepairEntry["column"],
    after: number | null,
    rule: string,
    from: BarSeries,
    applied = true,
  ): void => {
    const close = from.closeTime[row]!;
    const before = column === "time" ? close - barMs : from[column][row]!;
    journal.push({
      time: Number.isFinite(close) ? isoTime(close - barMs) : `row ${row + 1}`,
      column,
      before: Number.isFinite(before) ? before : null,
      after,
      rule,
      applied,
    });
  };
  const order: number[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  let moved = 0;
  let dropped = 0;
  for (let row = 0; row < bars.length; row++) {
    const time = bars.closeTime[row]!;
    if (!Number.isFinite(time)) {
      for (const column of BAR_COLUMNS) note(row, column, null, "a bar without a time: dropped", bars);
      dropped++;
      continue;
    }
    if (time < latest) {
      note(row, "time", time - barMs, "out of order: put in its place", bars);
      moved++;
    }
    latest = Math.max(latest, time);
    order.push(row);
  }
  order.sort((a, b) => bars.closeTime[a]! - bars.closeTime[b]! || a - b);
  const kept: number[] = [];
  for (const row of order) {
    const before = kept[kept.length - 1];
    if (before !== undefined && isSame(bars, before, row)) {
      for (const column of BAR_COLUMNS) note(row, column, null, "the same bar twice: one dropped", bars);
      dropped++;
    } else kept.push(row);
  }
  const sorted = pickBars(bars, kept);
  const bad = new Set<number>();
  for (const { row, rows, isSpike, sigmas } of findMoves(sorted, barMs, calendar).moves) {
    if (!isSpike || rows > 1 || sigmas <= DROP_SIGMAS || isHeavilyTraded(sorted, row)) continue;
    const rule = `spike of ${sigmas.toFixed(0)} robust standard deviations that comes back, at no unusual volume: dropped`;
    bad.add(row);
    for (const column of BAR_COLUMNS) note(row, column, null, rule, sorted);
  }
  const splits = calendar === "exchange" ? findSplits(sorted) : [];
  for (const { row, ratio, factor } of splits) {
    const rule = `${ratio} split not adjusted: factor ${factor} for earlier prices proposed`;
    note(row, "close", sorted.close[row]!, rule, sorted, false);
  }
  const rows = kept.map((_, i) => i).filter((i) => !bad.has(i));
  return {
    bars: bad.size === 0 ? sorted : pickBars(sorted, rows),
    journal,
    droppedBars: dropped + bad.size,
    movedBars: moved,
    proposals: splits.length,
  };
}

function isHeavilyTraded(bars: BarSeries, row: number): boolean {
  const around = bars.volume
    .slice(Math.max(0, row - VOLUME_NEIGHBOURS), row + VOLUME_NEIGHBOURS + 1)
    .filter((v) => v > 0)
    .sort();
  return bars.volume[row]! > MOST_VOLUME_RATIO * (around[around.length >>> 1] ?? Number.POSITIVE_INFINITY);
}

function isSame(bars: BarSeries, a: number, b: number): boolean {
  return (["closeTime", ...BAR_COLUMNS] as const).every((n) => Object.is(bars[n][a], bars[n][b]));
}
