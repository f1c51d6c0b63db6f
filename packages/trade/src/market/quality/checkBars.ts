import { UsageError } from "../../core/errors.ts";
import { timeframeName } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import type { Market } from "../instrument.ts";
import { type Cohort, checkEnds } from "./checkEnds.ts";
import { checkGaps } from "./checkGaps.ts";
import { checkMark } from "./checkMark.ts";
import { checkOrder } from "./checkOrder.ts";
import { checkRepeats } from "./checkRepeats.ts";
import { checkValues } from "./checkValues.ts";
import { compareSeries, type OtherSeries } from "./compareSeries.ts";
import { type CheckName, Findings } from "./findings.ts";
import { findMoves } from "./findMoves.ts";
import { findSplits } from "./findSplits.ts";
import { makeReport, type QualityReport } from "./qualityReport.ts";
import type { TradingCalendar, TradingDays } from "./tradingDays.ts";

/** What is known of a series besides its bars. All but the calendar may be left out: what needs it is not checked. */
export interface BarsKnown {
  readonly calendar: TradingCalendar;
  /** the days of an exchange, to judge gaps by */
  readonly sessions?: TradingDays | null;
  readonly market?: Market;
  readonly kind?: "bars" | "mark";
  /** series of the same source, to tell a late beginning and an early end */
  readonly beginners?: Cohort | null;
  readonly enders?: Cohort | null;
  /** ms UTC */
  readonly listedAt?: number | null;
  readonly others?: readonly OtherSeries[];
  /** traded prices beside mark prices */
  readonly last?: BarSeries;
}

const ALWAYS: readonly CheckName[] = [
  ...(["gaps", "duplicates", "order", "offGrid", "nonFinite", "highBelowLow", "outsideRange"] as const),
  ...(["nonPositivePrice", "negativeVolume", "zeroVolume", "spikes", "jumps", "stale", "flat"] as const),
];

/**
 * Judges bars (or mark prices) as they are: counts, places and verdicts. Gaps of an exchange are judged only with its
 * sessions: nights, weekends and holidays are no gaps.
 */
export function checkBars(bars: BarSeries, barMs: number, known: BarsKnown): QualityReport {
  if (!(barMs > 0)) throw new UsageError(`a bar of ${barMs} ms is no timeframe`);
  const { calendar, market = null, kind = "bars", others = [], last } = known;
  const findings = new Findings();
  const made: CheckName[] = [...ALWAYS];
  checkOrder(bars, barMs, findings);
  checkValues(bars, barMs, findings);
  checkRepeats(bars, barMs, findings);
  const coverage = checkGaps(bars, barMs, calendar, known.sessions ?? null, findings);
  if (known.sessions) made.push("closedDay");
  const splitRows = new Set<number>();
  // an index or a mark price has no shares to split
  if (calendar === "exchange" && kind === "bars") {
    made.push("splits");
    for (const { row, ratio, factor } of findSplits(bars)) {
      splitRows.add(row);
      const note = `${ratio} split not adjusted: multiply earlier prices by ${Number(factor.toPrecision(6))}`;
      findings.addRow("splits", bars, row, barMs, note);
    }
  }
  const { moves, judged } = findMoves(bars, barMs, calendar);
  for (const { row, rows, isSpike, size, sigmas } of moves) {
    if (splitRows.has(row)) continue;
    const change = `${size > 0 ? "+" : "−"}${(Math.abs(Math.expm1(size)) * 100).toFixed(1)} %`;
    const note = `${change}, ${sigmas.toFixed(0)} robust standard deviations of its surroundings`;
    const to = bars.closeTime[row + rows - 1]!;
    findings.add(isSpike ? "spikes" : "jumps", bars.closeTime[row]! - barMs, to, rows, note);
  }
  made.push("lateStart", "stopped");
  const listedAt = known.listedAt ?? null;
  if (listedAt !== null) made.push("beforeListing");
  const ends = { beginners: known.beginners ?? null, enders: known.enders ?? null, listedAt };
  checkEnds(bars, barMs, ends, findings);
  const comparisons = others.map((other) => compareSeries(bars, barMs, other, findings));
  const compared = comparisons.reduce((sum, c) => sum + c.common, 0);
  if (others.length > 0) made.push("disagreement");
  let marked = 0;
  if (last) {
    made.push("markDistance");
    marked = checkMark(bars, barMs, last, findings);
  }
  const rows = bars.length;
  const outliers = findings.count("spikes") + findings.count("jumps");
  return makeReport({
    head: {
      symbol: bars.instrument,
      market,
      kind,
      timeframe: timeframeName(barMs),
      rows,
      calendar: coverage.calendar,
      comparisons,
    },
    from: rows > 0 ? bars.closeTime[0]! - barMs : null,
    to: rows > 0 ? bars.closeTime[rows - 1]! : null,
    findings,
    made,
    looked: {
      gaps: coverage.expected,
      spikes: judged,
      jumps: judged,
      disagreement: compared,
      markDistance: marked,
    },
    missingShare: coverage.calendar === null || rows === 0 ? null : coverage.missing / coverage.expected,
    outlierShare: judged === 0 ? 0 : outliers / judged,
  });
}
