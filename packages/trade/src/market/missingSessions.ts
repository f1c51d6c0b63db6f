import { calendarOf } from "./calendars/calendarOf.ts";
import type { Stretch } from "./missingRanges.ts";

/** The calendar of the US exchanges is known from here on. */
const FIRST_TIME = Date.UTC(1998, 0, 1);

/**
 * Those of the stretches in which a US stock has bars: nights, weekends and holidays between two bars are no gap. A stretch
 * without an end stays, and so does one that begins before the calendar.
 */
export function missingSessions(stretches: readonly Stretch[], barMs: number): Stretch[] {
  const calendar = calendarOf("nyse");
  return stretches.filter(
    ({ from, to }) =>
      !Number.isFinite(to) || from < FIRST_TIME || calendar.barStarts(barMs, from, to).length > 0,
  );
}
