import { DAY_MS } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import { floorToGrid } from "../timeGrid.ts";
import type { Findings } from "./findings.ts";
import type { TradingCalendar, TradingDays } from "./tradingDays.ts";

/** How many bars were expected from the first to the last, and how many of these are missing. */
export interface Coverage {
  readonly expected: number;
  readonly missing: number;
  /** what the gaps were judged by, in words; null when they were not */
  readonly calendar: string | null;
}

const NOT_JUDGED: Coverage = { expected: 0, missing: 0, calendar: null };

/**
 * Missing bars between the first and the last. Bars of an exchange are judged by its sessions, where they are known:
 * each bar that overlaps one is expected. Bars outside the hours (extended trading) are neither expected nor a fault,
 * those on a day without a session are told.
 */
export function checkGaps(
  bars: BarSeries,
  barMs: number,
  calendar: TradingCalendar,
  sessions: TradingDays | null,
  findings: Findings,
): Coverage {
  const starts = [...new Set(bars.closeTime)].filter(Number.isFinite).map((t) => t - barMs);
  starts.sort((a, b) => a - b);
  if (starts.length === 0) return NOT_JUDGED;
  if (calendar === "continuous") return continuousGaps(starts, barMs, findings);
  if (!sessions) return NOT_JUDGED;
  return sessionGaps(starts, barMs, sessions, findings);
}

function continuousGaps(starts: readonly number[], barMs: number, findings: Findings): Coverage {
  let missing = 0;
  for (let i = 1; i < starts.length; i++) {
    const due = starts[i - 1]! + barMs;
    const lacking = Math.round((starts[i]! - due) / barMs);
    if (lacking <= 0) continue;
    missing += lacking;
    findings.add("gaps", due, starts[i]!, lacking);
  }
  return { expected: starts.length + missing, missing, calendar: "the clock: trade without a pause" };
}

function sessionGaps(
  starts: readonly number[],
  barMs: number,
  calendar: TradingDays,
  findings: Findings,
): Coverage {
  const from = Math.max(starts[0]!, calendar.from);
  const last = starts[starts.length - 1]!;
  const days = new Set(calendar.sessions.map((s) => s.day));
  let expected = 0;
  let missing = 0;
  let at = 0;
  // a gap may go over nights and weekends: it ends with the first bar that is there
  const gap = { from: 0, to: 0, count: 0 };
  const endGap = (): void => {
    if (gap.count > 0) findings.add("gaps", gap.from, gap.to, gap.count);
    gap.count = 0;
  };
  for (const start of expectedStarts(calendar, barMs)) {
    if (start < from || start > last) continue;
    expected++;
    while (at < starts.length && starts[at]! < start) at++;
    if (starts[at] === start) {
      endGap();
      continue;
    }
    missing++;
    if (gap.count === 0) gap.from = start;
    gap.to = start + barMs;
    gap.count++;
  }
  endGap();
  if (barMs <= DAY_MS) {
    for (const start of starts) {
      const day = Math.floor(start / DAY_MS) * DAY_MS;
      // an evening in New York is the next day in UTC: extended hours are no day of their own
      const isKnown = days.has(day) || (barMs < DAY_MS && days.has(day - DAY_MS));
      if (start >= calendar.from && start < calendar.to && !isKnown) {
        findings.add("closedDay", start, start + barMs);
      }
    }
  }
  return expected === 0 ? NOT_JUDGED : { expected, missing, calendar: calendar.name };
}

/** A bar of a day or longer is expected when a session's date lies in it, a shorter one where it overlaps a session. */
function* expectedStarts(calendar: TradingDays, barMs: number): Generator<number> {
  let before = Number.NEGATIVE_INFINITY;
  for (const { day, open, close } of calendar.sessions) {
    const isLong = barMs >= DAY_MS;
    for (
      let start = floorToGrid(isLong ? day : open, barMs);
      start < (isLong ? day + 1 : close);
      start += barMs
    ) {
      if (start > before) yield start;
      before = Math.max(before, start);
    }
  }
}
