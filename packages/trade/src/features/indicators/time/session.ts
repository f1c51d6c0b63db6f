import { z } from "zod";
import { MINUTE_MS } from "../../../core/time.ts";
import { calendarOf, type Session } from "../../../market/calendars/index.ts";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

/** What the calendars of US exchanges can tell, ms UTC: their rules begin in 1998, none is made for after 2099. */
const FIRST_TIME = Date.UTC(1998, 0, 1);
const LAST_TIME = Date.UTC(2100, 0, 1);

/**
 * Where the bar's last moment lies in the exchange's regular hours: open = 1 inside a session, else 0; sinceOpen and untilClose = minutes from the
 * opening to the bar's close and from there to the session's end, both 0 while the exchange is closed. Holidays, early closings and daylight saving as
 * in the calendar (default `nyse`: 09:30 to 16:00 in New York). A daily bar, stamped at midnight UTC, lies in no session. NaN before 1998 and after
 * 2099. All is known in advance: no bar tells it.
 * Source: the exchanges' published hours and calendars. TradingView's session.ismarket is open; others count in bars, which holes falsify.
 */
export function session(
  time: Float64Array,
  exchange: "nyse" | "nasdaq" = "nyse",
): { open: Float64Array; sinceOpen: Float64Array; untilClose: Float64Array } {
  const hours = calendarOf(exchange);
  const column = (): Float64Array => newColumn(time.length).fill(Number.NaN);
  const out = { open: column(), sinceOpen: column(), untilClose: column() };
  let today: Session | null = null;
  let closedFrom = Number.NaN;
  let closedUntil = Number.NaN;
  for (let t = 0; t < time.length; t++) {
    const last = time[t]! - 1;
    if (!(last >= FIRST_TIME && last < LAST_TIME)) continue;
    const inToday = today !== null && last >= today.open && last < today.close;
    if (!inToday && !(last >= closedFrom && last < closedUntil)) {
      today = hours.sessionAt(last);
      if (today === null) {
        closedFrom = last;
        closedUntil = nextOpen(hours.nextOpen, last);
      }
    }
    const inside = today !== null && last >= today.open && last < today.close;
    out.open[t] = inside ? 1 : 0;
    out.sinceOpen[t] = inside ? (time[t]! - today!.open) / MINUTE_MS : 0;
    out.untilClose[t] = inside ? (today!.close - time[t]!) / MINUTE_MS : 0;
  }
  return out;
}

/** The next opening, or the end of what the calendar tells. */
function nextOpen(find: (time: number) => number, time: number): number {
  return time < LAST_TIME - 30 * 24 * 60 * MINUTE_MS ? find(time) : time + 1;
}

export const sessionIndicator = indicator({
  name: "session",
  title: "Session of US exchanges",
  formula:
    "open = 1 in regular hours, sinceOpen = minutes since the opening, untilClose = minutes to the session's end; 0 while closed",
  source: "the published hours and calendars of NYSE and Nasdaq",
  params: z.strictObject({
    exchange: z.enum(["nyse", "nasdaq"], "give nyse or nasdaq").default("nyse"),
  }),
  inputs: ["time"],
  outputs: () => ({ open: 0, sinceOpen: 0, untilClose: 0 }),
  lookback: () => 0,
  compute: ({ time }, { exchange }) => session(time, exchange),
});
