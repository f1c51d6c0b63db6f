import { UsageError } from "../../core/errors.ts";
import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import { dayName, dayNumber, FIRST_YEAR, specialDays, weekday } from "./nyseDays.ts";
import { type Session, type SessionCalendar, sessionCalendar } from "./sessionCalendar.ts";
import { zoneOffset } from "./zoneOffset.ts";

/** The calendars by name. NYSE and Nasdaq differ on one morning, 2002-09-11; `continuous` never closes (crypto). */
export const CALENDARS = ["nyse", "nasdaq", "continuous"] as const;
export type CalendarName = (typeof CALENDARS)[number];

const OPEN_MINUTE = 9 * 60 + 30;
const CLOSE_MINUTE = 16 * 60;

const made = new Map<CalendarName, SessionCalendar>();

/**
 * The calendar of this name. US equities: 09:30 to 16:00 New York time with the holidays and early closings of
 * `specialDays`, from 1998 on; `continuous`: UTC days without a pause.
 * @throws UsageError that lists the names
 */
export function calendarOf(name: string): SessionCalendar {
  const known = CALENDARS.find((c) => c === name);
  if (!known) {
    throw new UsageError(`calendar '${name}' is not known: choose one of ${CALENDARS.join(", ")}`);
  }
  let calendar = made.get(known);
  if (!calendar) {
    calendar = known === "continuous" ? continuous() : newYork(known);
    made.set(known, calendar);
  }
  return calendar;
}

function newYork(name: "nyse" | "nasdaq"): SessionCalendar {
  const offsetAt = zoneOffset("America/New_York");
  /** A wall-clock minute of a day in ms UTC: the clock is changed at 02:00 on Sundays, never near a session. */
  const utcOf = (day: number, minute: number): number => {
    const wall = day * DAY_MS + minute * MINUTE_MS;
    return wall - offsetAt(wall - offsetAt(wall));
  };
  return sessionCalendar({
    name,
    firstTime: Date.UTC(FIRST_YEAR, 0, 1),
    sessionsOf(year) {
      if (year < FIRST_YEAR) return [];
      const special = specialDays(year, name);
      const found: Session[] = [];
      for (let day = dayNumber(year, 1, 1); day < dayNumber(year + 1, 1, 1); day++) {
        const odd = special.get(dayName(day));
        if (weekday(day) === 0 || weekday(day) === 6 || odd?.closed) continue;
        found.push({
          day: dayName(day),
          open: utcOf(day, odd?.openMinute ?? OPEN_MINUTE),
          close: utcOf(day, odd?.closeMinute ?? CLOSE_MINUTE),
          ...(odd ? { special: odd.reason } : {}),
        });
      }
      return found;
    },
    specialDay(day) {
      return specialDays(Number(day.slice(0, 4)), name).get(day)?.reason ?? null;
    },
  });
}

function continuous(): SessionCalendar {
  return sessionCalendar({
    name: "continuous",
    firstTime: Date.UTC(1970, 0, 1),
    sessionsOf: (year) =>
      Array.from({ length: dayNumber(year + 1, 1, 1) - dayNumber(year, 1, 1) }, (_, i) => {
        const day = dayNumber(year, 1, 1) + i;
        return { day: dayName(day), open: day * DAY_MS, close: (day + 1) * DAY_MS };
      }),
    specialDay: () => null,
  });
}
