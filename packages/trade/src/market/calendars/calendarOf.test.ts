import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, isoTime, MINUTE_MS } from "../../core/time.ts";
import { calendarOf } from "./calendarOf.ts";
import type { Session, SessionCalendar } from "./sessionCalendar.ts";

const nyse = calendarOf("nyse");
const at = (text: string): number => Date.parse(text);
const sessionsOf = (from: string, to: string): Session[] => nyse.sessions(at(from), at(to));
const hours = (s: Session): number => (s.close - s.open) / HOUR_MS;

/** Weekdays without a session, from..to inclusive. */
function closings(from: string, to: string): string[] {
  const open = new Set(sessionsOf(from, isoTime(at(to) + DAY_MS)).map((s) => s.day));
  const closed: string[] = [];
  for (let t = at(from); t <= at(to); t += DAY_MS) {
    const day = isoTime(t).slice(0, 10);
    if (new Date(t).getUTCDay() % 6 !== 0 && !open.has(day)) closed.push(day);
  }
  return closed;
}

describe("calendarOf nyse", () => {
  it("closes on the days of NYSE's published calendars 2022 to 2028", () => {
    // NYSE Group, "Announces 2022, 2023 and 2024", "2025, 2026 and 2027", "2026, 2027 and 2028 Holiday and Early Closings
    // Calendar" (Business Wire, 2021-12-27, 2024-11-08, 2025-12-23); 2025-01-09: day of mourning for Jimmy Carter.
    const published = {
      2022: "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26",
      2023: "01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25",
      2024: "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25",
      2025: "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
      2026: "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25",
      2027: "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24",
      2028: "01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25",
    };
    for (const [year, days] of Object.entries(published)) {
      expect(closings(`${year}-01-01`, `${year}-12-31`)).toEqual(days.split(" ").map((d) => `${year}-${d}`));
    }
  });

  it("closes early, at 13:00, on the days of the same calendars", () => {
    const early = sessionsOf("2022-01-01", "2029-01-01").filter((s) => hours(s) === 3.5);
    expect(early.map((s) => s.day)).toEqual([
      ...["2022-11-25", "2023-07-03", "2023-11-24", "2024-07-03", "2024-11-29", "2024-12-24"],
      ...["2025-07-03", "2025-11-28", "2025-12-24", "2026-11-27", "2026-12-24", "2027-11-26"],
      ...["2028-07-03", "2028-11-24"],
    ]);
    expect(early[0]).toMatchObject({ close: at("2022-11-25T18:00:00Z"), special: "day after Thanksgiving" });
  });

  it("has as many sessions as SPY has daily bars, 1998 to March 2021, and as a year is published to have", () => {
    // QuantConnect Lean, Data/equity/usa/daily/spy.zip: 5,849 rows from 1998-01-02 to 2021-03-31
    expect(sessionsOf("1998-01-02", "2021-04-01")).toHaveLength(5849);
    // by year of the same file; 2023 and 2024: 260 and 262 weekdays less the ten closings of NYSE's calendars
    const days = { 2001: 248, 2004: 252, 2007: 251, 2012: 250, 2018: 251, 2020: 253, 2023: 250, 2024: 252 };
    for (const [year, count] of Object.entries(days)) {
      expect(sessionsOf(`${year}-01-01`, `${Number(year) + 1}-01-01`), year).toHaveLength(count);
    }
  });

  it("knows the closings that no rule gives, and their reasons", () => {
    expect(closings("2001-09-10", "2001-09-17")).toEqual([
      "2001-09-11",
      "2001-09-12",
      "2001-09-13",
      "2001-09-14",
    ]);
    for (const day of ["2004-06-11", "2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"]) {
      expect(closings(day, day)).toEqual([day]);
      expect(nyse.specialDay(day)).toMatch(/mourning|Sandy/);
    }
    expect(nyse.specialDay("2018-12-06")).toBeNull();
  });

  it("closes early as SPY's hourly volume shows, the exceptions of 1999, 2003 and 2013 included", () => {
    // Half days on which SPY traded less than 1 % of its volume after 14:00 (QuantConnect Lean, hour/spy.zip)
    const half = "1998-12-24 1999-12-31 2000-07-03 2001-12-24 2002-07-05 2003-12-26 2006-07-03 2008-12-24";
    for (const day of [...half.split(" "), "2012-12-24", "2013-07-03", "2019-07-03", "2020-12-24"]) {
      expect(hours(sessionsOf(day, `${day}T23:59:00Z`)[0]!), day).toBe(3.5);
    }
    for (const day of ["2008-12-26", "2013-07-05", "2012-07-05", "2004-12-23", "2009-07-02", "1998-07-02"]) {
      expect(hours(sessionsOf(day, `${day}T23:59:00Z`)[0]!), day).toBe(6.5);
    }
    // New Year's Day on a Saturday is not kept: Rule 7.2
    expect(closings("2004-12-30", "2005-01-04")).toEqual([]);
    expect(closings("2021-12-30", "2022-01-04")).toEqual([]);
  });

  it("opened late on 2002-09-11: the NYSE at noon (ABC News that day: by 2 1/2 hours), Nasdaq at 11:00", () => {
    expect(nyse.sessionAt(at("2002-09-11T16:00:00Z"))?.open).toBe(at("2002-09-11T16:00:00Z"));
    expect(calendarOf("nasdaq").nextOpen(at("2002-09-11T12:00:00Z"))).toBe(at("2002-09-11T15:00:00Z"));
  });

  it("follows daylight saving: EST and EDT, with the later spring of before 2007", () => {
    const open = (day: string) => isoTime(sessionsOf(day, `${day}T23:00:00Z`)[0]!.open).slice(11);
    expect(open("2024-03-08")).toBe("14:30:00Z");
    expect(open("2024-03-11")).toBe("13:30:00Z");
    expect(open("2024-11-01")).toBe("13:30:00Z");
    expect(open("2024-11-04")).toBe("14:30:00Z");
    expect(open("2006-03-13")).toBe("14:30:00Z");
    expect(open("2006-04-03")).toBe("13:30:00Z");
  });

  it("cuts bars as vendors do: on the clock (QuantConnect, Alpaca), or from the open (Yahoo)", () => {
    const starts = (barMs: number, day: string, cut?: "clock" | "session") =>
      [...nyse.barStarts(barMs, at(day), at(day) + DAY_MS, cut)].map((t) => isoTime(t).slice(11, 16));
    // 2024-07-02: EDT, 09:30 is 13:30 UTC
    expect(starts(HOUR_MS, "2024-07-02")).toEqual(
      ["13:00", "14:00", "15:00", "16:00", "17:00", "18:00", "19:00"], // 09:00 … 15:00 in New York
    );
    expect(starts(HOUR_MS, "2024-07-02", "session")).toEqual(
      ["13:30", "14:30", "15:30", "16:30", "17:30", "18:30", "19:30"], //
    );
    expect(starts(HOUR_MS, "2024-07-03")).toEqual(["13:00", "14:00", "15:00", "16:00"]);
    const minutes = [1, 5, 15, 30].map((m) => starts(m * MINUTE_MS, "2024-07-02").length);
    expect(minutes).toEqual([390, 78, 26, 13]);
    expect(starts(MINUTE_MS, "2024-07-03").at(-1)).toBe("16:59");
    expect(starts(4 * HOUR_MS, "2024-07-02")).toEqual(["12:00", "16:00"]);
  });

  it("expects daily bars at midnight UTC of their date, weekly ones from Monday", () => {
    const week = (barMs: number, from: string, to: string) =>
      [...nyse.barStarts(barMs, at(from), at(to))].map((t) => isoTime(t).slice(0, 10));
    expect(week(DAY_MS, "2024-12-23", "2024-12-29")).toEqual([
      "2024-12-23",
      "2024-12-24",
      "2024-12-26",
      "2024-12-27",
    ]);
    // the bar of the 27th ends at the midnight after it
    expect(week(DAY_MS, "2024-12-26", "2024-12-27T23:59:59Z")).toEqual(["2024-12-26"]);
    expect(week(7 * DAY_MS, "2024-12-16", "2025-01-06")).toEqual(["2024-12-16", "2024-12-23", "2024-12-30"]);
  });

  it("answers at the edges: open is in, close is out", () => {
    const open = at("2024-07-03T13:30:00Z");
    const close = at("2024-07-03T17:00:00Z");
    expect([open - 1, open, close - 1, close].map((t) => nyse.isOpen(t))).toEqual([false, true, true, false]);
    expect(nyse.sessionAt(open)?.day).toBe("2024-07-03");
    expect(nyse.nextOpen(open + 5)).toBe(open + 5);
    expect(nyse.nextOpen(close)).toBe(at("2024-07-05T13:30:00Z"));
    // over New Year
    expect(nyse.nextOpen(at("2024-12-31T21:00:00Z"))).toBe(at("2025-01-02T14:30:00Z"));
    expect(nyse.sessions(open, open)).toEqual([]);
    expect(nyse.sessions(open, open + 1)).toHaveLength(1);
    expect(nyse.barStarts(HOUR_MS, close, open)).toHaveLength(0);
  });
});

describe("calendarOf continuous", () => {
  it("never closes", () => {
    const crypto = calendarOf("continuous");
    const monday = at("2024-02-26");
    expect(crypto.barStarts(5 * MINUTE_MS, monday, monday + 7 * DAY_MS)).toHaveLength(2016);
    expect(crypto.barStarts(DAY_MS, monday, monday + 7 * DAY_MS)).toHaveLength(7);
    expect(crypto.barStarts(7 * DAY_MS, monday, monday + 14 * DAY_MS)).toHaveLength(2);
    expect(crypto.nextOpen(monday + 3)).toBe(monday + 3);
    expect(crypto.sessionAt(monday - 1)?.day).toBe("2024-02-25");
  });
});

describe("every calendar", () => {
  const time = fc.integer({ min: at("1998-01-01"), max: at("2040-01-01") });
  const calendars: SessionCalendar[] = ["nyse", "nasdaq", "continuous"].map(calendarOf);

  it("agrees with itself: sessionAt, isOpen, nextOpen and sessions tell one story", () => {
    fc.assert(
      fc.property(fc.constantFrom(...calendars), time, (calendar, t) => {
        const session = calendar.sessionAt(t);
        expect(calendar.isOpen(t)).toBe(session !== null);
        const next = calendar.nextOpen(t);
        expect(calendar.isOpen(next)).toBe(true);
        expect(next === t).toBe(session !== null);
        const between = calendar.sessions(t, next + 1);
        expect(between).toHaveLength(1);
        expect(between[0]!.close).toBeGreaterThan(t);
      }),
    );
  });

  it("gives ascending bar starts inside the range that two halves give as well", () => {
    const barMs = fc.constantFrom(MINUTE_MS, 7 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, DAY_MS, 7 * DAY_MS);
    const cut = fc.constantFrom("clock" as const, "session" as const);
    const days = fc.tuple(fc.nat(5), fc.nat(5));
    fc.assert(
      fc.property(
        fc.constantFrom(...calendars),
        time,
        days,
        barMs,
        cut,
        (calendar, from, [a, b], ms, how) => {
          const middle = from + a * DAY_MS;
          const to = middle + b * DAY_MS;
          const all = [...calendar.barStarts(ms, from, to, how)];
          all.forEach((start, i) => {
            expect(start >= from && start + ms <= to && (i === 0 || start > all[i - 1]!)).toBe(true);
          });
          const halves = [
            ...calendar.barStarts(ms, from, middle, how),
            ...calendar.barStarts(ms, middle, to, how),
          ];
          expect(halves).toEqual(all.filter((start) => start + ms <= middle || start >= middle));
        },
      ),
    );
  });

  it("refuses what it does not know, in one line", () => {
    expect(() => calendarOf("lse")).toThrow(/'lse' is not known: choose one of nyse, nasdaq, continuous/);
    expect(() => nyse.sessions(at("1997-12-31"), at("1998-02-01"))).toThrow(/1997-12-31.*outside 1998-01-01/);
    expect(() => nyse.isOpen(Number.NaN)).toThrow(/NaN lies outside/);
    expect(() => nyse.isOpen(Number.POSITIVE_INFINITY)).toThrow(/Infinity lies outside/);
    // microseconds taken for milliseconds
    expect(() => nyse.nextOpen(1.7e15)).toThrow(/outside/);
    for (const barMs of [0, -1, 1.5, Number.NaN]) {
      expect(() => nyse.barStarts(barMs, at("2024-01-01"), at("2024-02-01"))).toThrow(/no timeframe/);
    }
  });
});
