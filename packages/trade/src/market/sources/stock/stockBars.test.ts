import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../core/time.ts";
import type { BarSeries } from "../../bars.ts";
import type { BarRow } from "../venueBars.ts";
import { exchangeDay } from "./exchangeDay.ts";
import { type StockVenue, stockBars } from "./stockBars.ts";

const NOW = Date.parse("2024-12-18T17:00:30Z");

function venueOf(pages: (barMs: number, reading: number) => readonly (readonly BarRow[])[]): StockVenue {
  let reading = 0;
  return {
    name: "test",
    barMs: [MINUTE_MS, 30 * MINUTE_MS, DAY_MS],
    attempts: 4,
    now: () => NOW,
    async *pages({ barMs }) {
      yield* pages(barMs, reading++);
    },
  };
}

async function all(venue: StockVenue, timeframe: string, since: string): Promise<BarSeries[]> {
  const pages: BarSeries[] = [];
  for await (const page of stockBars(venue, { symbol: "SPY", timeframe, since: Date.parse(since) }))
    pages.push(page);
  return pages;
}
const row = (start: string | number, barMs: number, close = 10): BarRow => ({
  closeTime: (typeof start === "number" ? start : Date.parse(start)) + barMs,
  open: 10,
  high: 12,
  low: 9,
  close,
  volume: 5,
});

describe("stockBars", () => {
  test("weeks are whole Mondays to Sundays of days; the week that runs is none", async () => {
    const days = [
      "2024-12-02",
      "2024-12-03",
      "2024-12-06",
      "2024-12-09",
      "2024-12-13",
      "2024-12-16",
      "2024-12-17",
    ];
    const venue = venueOf(() =>
      [days.slice(0, 2), days.slice(2)].map((p) => p.map((d, i) => row(d, DAY_MS, 10 + i))),
    );
    const pages = await all(venue, "1w", "2024-12-01");
    expect(pages.flatMap((p) => [...p.closeTime])).toEqual(["2024-12-09", "2024-12-16"].map(Date.parse));
    expect(pages.flatMap((p) => [...p.volume])).toEqual([15, 10]);
  });

  test("an hour that has begun is not there yet, nor is a day", async () => {
    const halves = Array.from({ length: 8 }, (_, i) =>
      row(Date.parse("2024-12-18T14:30Z") + i * 30 * MINUTE_MS, 30 * MINUTE_MS),
    );
    const hours = (
      await all(
        venueOf(() => [halves]),
        "1h",
        "2024-12-18",
      )
    ).flatMap((p) => [...p.closeTime]);
    expect(hours).toEqual(["15:00", "16:00", "17:00"].map((t) => Date.parse(`2024-12-18T${t}Z`)));
    expect(
      await all(
        venueOf(() => [[row("2024-12-18", DAY_MS)]]),
        "1d",
        "2024-12-18",
      ),
    ).toEqual([]);
  });

  test("the newest bar is the one that two readings agree on; one that never rests is left out", async () => {
    const day = (close: number): BarRow[] => [row("2024-12-17", DAY_MS, close)];
    const settles = venueOf((_, reading) => [day([9.1, 9.2, 9.9, 9.9][reading] ?? 0)]);
    expect((await all(settles, "1d", "2024-12-16"))[0]!.close[0]).toBe(9.9);
    const restless = venueOf((_, reading) => [day(9 + reading / 100)]);
    expect(await all(restless, "1d", "2024-12-16")).toEqual([]);
  });

  test("lengths that it has not, with those that it has", async () => {
    await expect(
      all(
        venueOf(() => []),
        "5h",
        "2024-12-01",
      ),
    ).rejects.toThrow(UsageError);
    await expect(
      all(
        venueOf(() => []),
        "7m",
        "2024-12-01",
      ),
    ).rejects.toThrow(/choose one of 1m, 30m, 1h, 2h/);
  });

  test("whatever a venue sends: sound bars in order, or one error; never another number", async () => {
    const value = fc.oneof(
      { weight: 8, arbitrary: fc.double({ min: 1, max: 100, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, -3, 1e300) },
    );
    const start = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.integer({ min: 0, max: 60 }).map((d) => Date.parse("2024-11-01") + d * DAY_MS),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          Number.NaN,
          Number.NEGATIVE_INFINITY,
          8.64e15,
          Date.parse("2024-12-02T07:00Z"),
        ),
      },
    );
    const rows = fc.array(
      fc.record({ start, open: value, high: value, low: value, close: value, volume: value }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { maxLength: 4 }),
        fc.constantFrom("1d", "1w"),
        async (given, timeframe) => {
          const pages = given.map((page) =>
            page.map(({ start: s, ...rest }) => ({ ...rest, closeTime: s + DAY_MS })),
          );
          try {
            let before = Number.NEGATIVE_INFINITY;
            for (const page of await all(
              venueOf(() => pages),
              timeframe,
              "2024-11-01",
            )) {
              for (let i = 0; i < page.length; i++) {
                expect(page.closeTime[i]).toBeGreaterThan(before);
                expect(page.closeTime[i]).toBeLessThanOrEqual(NOW);
                expect(page.high[i]).toBeGreaterThanOrEqual(page.low[i]!);
                expect(page.low[i]).toBeGreaterThan(0);
                before = page.closeTime[i]!;
              }
            }
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(DataError);
            expect((thrown as Error).message).toMatch(/^test gave a SPY bar at .+ that is none: /);
          }
        },
      ),
    );
  });
});

// Alpaca stamps midnight in New York, Schwab midnight in Chicago, Yahoo the open; EST until 10 March 2024, then EDT
test.each(["2024-03-08T05:00Z", "2024-03-08T06:00Z", "2024-03-08T14:30Z", "2024-03-09T04:59Z"])(
  "%s is 8 March",
  (text) => {
    expect(exchangeDay(Date.parse(text))).toBe(Date.parse("2024-03-08"));
  },
);
test("in summer midnight in New York is an hour earlier", () => {
  expect(exchangeDay(Date.parse("2024-03-11T04:00Z"))).toBe(Date.parse("2024-03-11"));
  expect(exchangeDay(Date.parse("2024-03-11T04:00Z") - HOUR_MS)).toBe(Date.parse("2024-03-10"));
  expect(exchangeDay(Number.NaN)).toBeNaN();
});
