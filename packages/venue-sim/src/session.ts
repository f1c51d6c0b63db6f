import { DAY_MS } from "./timeframe.ts";

const newYork = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/New_York",
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** New York's offset by UTC hour: offsets change on the hour, and asking the formatter is slow. */
const offsets = new Map<number, number>();
const HOUR_MS = 3_600_000;

/** What a wall clock in New York shows at `at`, as if it were UTC. */
export function newYorkWall(at: number): number {
  const hour = Math.floor(at / HOUR_MS);
  let offset = offsets.get(hour);
  if (offset === undefined) {
    if (offsets.size > 200_000) offsets.clear();
    const parts = Object.fromEntries(
      newYork.formatToParts(hour * HOUR_MS).map((p) => [p.type, Number(p.value)]),
    );
    const { year = 0, month = 1, day = 1, hour: hours = 0, minute = 0, second = 0 } = parts;
    offset = Date.UTC(year, month - 1, day, hours, minute, second) - hour * HOUR_MS;
    offsets.set(hour, offset);
  }
  return at + offset;
}

/** ms UTC at which New York's clock shows `wall`; offsets change at 2 in the night, so two steps settle it. */
export function fromNewYork(wall: number): number {
  let at = wall + 5 * HOUR_MS;
  for (let i = 0; i < 2; i++) at += wall - newYorkWall(at);
  return at;
}

/** 00:00 UTC of the trading day that a daily bar's stamp names: a stamp of 00:00 UTC is a date, others are instants. */
export function tradingDay(openTime: number): number {
  return openTime % DAY_MS === 0 ? openTime : Math.floor(newYorkWall(openTime) / DAY_MS) * DAY_MS;
}

/**
 * Regular session of the US exchanges on the day `day` (00:00 UTC of its date), ms UTC; null on weekends and holidays.
 * Rules of the New York Stock Exchange (nyse.com/markets/hours-calendars): ten holidays, moved to Friday or Monday when
 * they fall on a weekend (New Year's Day is not moved to Friday), and closes at 13:00 on the day after Thanksgiving, on
 * Christmas Eve and on 3 July. Single closures, such as for mourning, are not in these rules.
 */
export function usSession(day: number): { readonly open: number; readonly close: number } | null {
  const date = new Date(day);
  const weekday = date.getUTCDay();
  if (weekday === 0 || weekday === 6 || isHoliday(day)) return null;
  return {
    open: fromNewYork(day + 9.5 * HOUR_MS),
    close: fromNewYork(day + (isHalfDay(day) ? 13 : 16) * HOUR_MS),
  };
}

function isHoliday(day: number): boolean {
  const year = new Date(day).getUTCFullYear();
  const fixed = [
    observed(Date.UTC(year, 0, 1), false),
    ...(year >= 2022 ? [observed(Date.UTC(year, 5, 19), true)] : []),
    observed(Date.UTC(year, 6, 4), true),
    observed(Date.UTC(year, 11, 25), true),
  ];
  const floating = [
    nthWeekday(year, 0, 1, 3),
    nthWeekday(year, 1, 1, 3),
    easterSunday(year) - 2 * DAY_MS,
    lastMonday(year, 4),
    nthWeekday(year, 8, 1, 1),
    nthWeekday(year, 10, 4, 4),
  ];
  return fixed.includes(day) || floating.includes(day);
}

function isHalfDay(day: number): boolean {
  const date = new Date(day);
  const monthDay = `${date.getUTCMonth() + 1}-${date.getUTCDate()}`;
  return (
    day === nthWeekday(date.getUTCFullYear(), 10, 4, 4) + DAY_MS || monthDay === "12-24" || monthDay === "7-3"
  );
}

/** A Sunday's holiday is kept on Monday, a Saturday's on Friday where `friday` says so. */
function observed(day: number, friday: boolean): number {
  const weekday = new Date(day).getUTCDay();
  if (weekday === 0) return day + DAY_MS;
  return weekday === 6 && friday ? day - DAY_MS : day;
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const first = Date.UTC(year, month, 1);
  const ahead = (weekday - new Date(first).getUTCDay() + 7) % 7;
  return first + (ahead + 7 * (nth - 1)) * DAY_MS;
}

function lastMonday(year: number, month: number): number {
  const last = Date.UTC(year, month + 1, 0);
  return last - ((new Date(last).getUTCDay() + 6) % 7) * DAY_MS;
}

/** Gregorian Easter, the anonymous algorithm (Nature, 20 April 1876; Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1);
}
