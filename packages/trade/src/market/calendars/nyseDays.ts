import { DAY_MS } from "../../core/time.ts";

/**
 * What is out of the ordinary about a day on the New York exchanges: closed all day, or other hours (minutes after
 * midnight, New York time). Undefined is an ordinary day: a weekday, or a weekend day, which is never asked for here.
 */
export interface SpecialDay {
  readonly reason: string;
  readonly closed: boolean;
  readonly openMinute?: number;
  readonly closeMinute?: number;
}

/** The first year that these rules and lists are made for: Martin Luther King Day has been kept since. */
export const FIRST_YEAR = 1998;

const EARLY_CLOSE = 13 * 60;

/** Whole days without trading that no rule gives. Source: NYSE, special closings; New York Times and exchange notices. */
const EXCEPTIONAL_CLOSINGS: Readonly<Record<string, string>> = {
  "2001-09-11": "attacks of September 11",
  "2001-09-12": "attacks of September 11",
  "2001-09-13": "attacks of September 11",
  "2001-09-14": "attacks of September 11",
  "2004-06-11": "day of mourning for Ronald Reagan",
  "2007-01-02": "day of mourning for Gerald Ford",
  "2012-10-29": "Hurricane Sandy",
  "2012-10-30": "Hurricane Sandy",
  "2018-12-05": "day of mourning for George H. W. Bush",
  "2025-01-09": "day of mourning for Jimmy Carter",
};

/** Closings at 13:00 that no rule gives. */
const EXCEPTIONAL_EARLY_CLOSINGS: Readonly<Record<string, string>> = {
  "1999-12-31": "eve of the year 2000",
  "2003-12-26": "day after Christmas",
};

/** 2002-09-11: trading began after the memorial services, at noon on the NYSE, at 11:00 on Nasdaq and the AMEX. */
const LATE_OPENINGS: Readonly<Record<"nyse" | "nasdaq", Readonly<Record<string, number>>>> = {
  nyse: { "2002-09-11": 12 * 60 },
  nasdaq: { "2002-09-11": 11 * 60 },
};

/**
 * The special days of a year on the NYSE or Nasdaq, by day (`YYYY-MM-DD`): the holidays of NYSE Rule 7.2 with their
 * history, early closings at 13:00, and what no rule gives.
 *
 * - A holiday on a Saturday is kept on the Friday before, on a Sunday on the Monday after. New Year's Day on a Saturday
 *   is not kept at all: the Friday before ends the business year (Rule 7.2).
 * - Juneteenth is kept since 2022.
 * - 13:00: the Friday after Thanksgiving; Christmas Eve from Monday to Thursday; July 3 when it is a Monday, Tuesday or
 *   Thursday, and a Wednesday since 2013; July 5 when it is a Friday, until 2012.
 */
export function specialDays(year: number, exchange: "nyse" | "nasdaq"): ReadonlyMap<string, SpecialDay> {
  const days = new Map<string, SpecialDay>();
  const close = (day: number, reason: string): void => void days.set(dayName(day), { reason, closed: true });
  const early = (day: number, reason: string): void => {
    if (!days.has(dayName(day))) days.set(dayName(day), { reason, closed: false, closeMinute: EARLY_CLOSE });
  };
  const newYear = dayNumber(year, 1, 1);
  if (weekday(newYear) !== 6) close(observed(newYear), "New Year's Day");
  close(nthWeekday(year, 1, 1, 3), "Martin Luther King Day");
  close(nthWeekday(year, 2, 1, 3), "Washington's Birthday");
  close(easter(year) - 2, "Good Friday");
  close(dayNumber(year, 5, 31) - ((weekday(dayNumber(year, 5, 31)) + 6) % 7), "Memorial Day");
  if (year >= 2022) close(observed(dayNumber(year, 6, 19)), "Juneteenth");
  const independence = dayNumber(year, 7, 4);
  close(observed(independence), "Independence Day");
  close(nthWeekday(year, 9, 1, 1), "Labor Day");
  const thanksgiving = nthWeekday(year, 11, 4, 4);
  close(thanksgiving, "Thanksgiving");
  const christmas = dayNumber(year, 12, 25);
  close(observed(christmas), "Christmas");

  const eve = weekday(independence - 1);
  if (eve === 1 || eve === 2 || eve === 4 || (eve === 3 && year >= 2013)) {
    early(independence - 1, "eve of Independence Day");
  }
  if (weekday(independence + 1) === 5 && year <= 2012) early(independence + 1, "day after Independence Day");
  early(thanksgiving + 1, "day after Thanksgiving");
  if (weekday(christmas - 1) >= 1 && weekday(christmas - 1) <= 4) early(christmas - 1, "Christmas Eve");

  for (const [day, reason] of Object.entries(EXCEPTIONAL_CLOSINGS)) {
    if (Number(day.slice(0, 4)) === year) days.set(day, { reason, closed: true });
  }
  for (const [day, reason] of Object.entries(EXCEPTIONAL_EARLY_CLOSINGS)) {
    if (Number(day.slice(0, 4)) === year) days.set(day, { reason, closed: false, closeMinute: EARLY_CLOSE });
  }
  for (const [day, openMinute] of Object.entries(LATE_OPENINGS[exchange])) {
    if (Number(day.slice(0, 4)) === year) days.set(day, { reason: "memorial", closed: false, openMinute });
  }
  return days;
}

/** Days since 1970-01-01 of a date; `month` 1 to 12. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** `YYYY-MM-DD` of days since 1970-01-01. */
export function dayName(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** 0 on Sunday to 6 on Saturday; 1970-01-01 was a Thursday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

function observed(day: number): number {
  return weekday(day) === 6 ? day - 1 : weekday(day) === 0 ? day + 1 : day;
}

function nthWeekday(year: number, month: number, wanted: number, nth: number): number {
  const first = dayNumber(year, month, 1);
  return first + ((wanted - weekday(first) + 7) % 7) + 7 * (nth - 1);
}

/** Easter Sunday of the Gregorian calendar: the anonymous algorithm of 1876, as in Meeus, Astronomical Algorithms, ch. 8. */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dayNumber(year, Math.floor(n / 31), (n % 31) + 1);
}
