import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries } from "../bars.ts";
import { checkBars } from "./checkBars.ts";
import { checkFunding } from "./checkFunding.ts";
import { checkGaps } from "./checkGaps.ts";
import { Findings } from "./findings.ts";
import type { TradingDays } from "./tradingDays.ts";

/** Bars that start at these times; the close goes up and down by 1 %. */
function barsAt(starts: readonly number[], barMs: number): BarSeries {
  const bars = allocateBars("X", starts.length);
  starts.forEach((start, i) => {
    bars.closeTime[i] = start + barMs;
    bars.open[i] = 100;
    bars.close[i] = i % 2 === 0 ? 100 : 101;
    bars.high[i] = 102;
    bars.low[i] = 99;
    bars.volume[i] = 5;
  });
  return bars;
}

const day = (date: string): number => Date.parse(date);
const session = (date: string, open: string, close: string) => ({
  day: day(date),
  open: Date.parse(`${date}T${open}Z`),
  close: Date.parse(`${date}T${close}Z`),
});

/** New York around Thanksgiving of 2019: closed on Thursday the 28th, until 13:00 on Friday (NYSE, holidays 2019). */
const thanksgiving: TradingDays = {
  name: "New York",
  from: day("2019-11-25"),
  to: day("2019-12-03"),
  sessions: [
    session("2019-11-25", "14:30", "21:00"),
    session("2019-11-26", "14:30", "21:00"),
    session("2019-11-27", "14:30", "21:00"),
    session("2019-11-29", "14:30", "18:00"),
    session("2019-12-02", "14:30", "21:00"),
  ],
};

describe("gaps against sessions", () => {
  const gaps = (starts: readonly number[], barMs: number) => {
    const findings = new Findings();
    const coverage = checkGaps(barsAt(starts, barMs), barMs, "exchange", thanksgiving, findings);
    return { ...coverage, gaps: findings.of("gaps"), closed: findings.of("closedDay").map((f) => f.from) };
  };
  const days = ["2019-11-25", "2019-11-26", "2019-11-27", "2019-11-29", "2019-12-02"].map(day);

  test("days: a holiday and a weekend are none, a missing day is, a bar on a holiday is told", () => {
    expect(gaps(days, DAY_MS)).toMatchObject({ expected: 5, missing: 0, gaps: [], closed: [] });
    expect(gaps([days[0]!, days[1]!, day("2019-11-28"), days[4]!], DAY_MS)).toMatchObject({
      expected: 5,
      missing: 2,
      gaps: [{ from: days[2], to: days[3]! + DAY_MS, count: 2 }],
      closed: [day("2019-11-28")],
    });
  });

  test("hours: seven on a whole day, four on a half day; the one that holds the opening begins before it", () => {
    const hours = thanksgiving.sessions.flatMap(({ day, close }) => {
      const found: number[] = [];
      for (let at = day + 14 * HOUR_MS; at < close; at += HOUR_MS) found.push(at);
      return found;
    });
    expect(gaps(hours, HOUR_MS)).toMatchObject({ expected: 4 * 7 + 4, missing: 0 });
    const without = hours.filter((_, i) => i !== 10);
    // extended hours are neither expected nor a fault
    const extended = [...without, day("2019-11-26") + 23 * HOUR_MS].sort((a, b) => a - b);
    expect(gaps(extended, HOUR_MS)).toMatchObject({
      missing: 1,
      gaps: [{ from: hours[10], to: hours[10]! + HOUR_MS, count: 1 }],
      closed: [],
    });
  });

  test("a week is expected when a session lies in it", () => {
    expect(gaps([day("2019-11-25"), day("2019-12-02")], 7 * DAY_MS)).toMatchObject({
      expected: 2,
      missing: 0,
    });
  });
});

describe("checks that need more than the bars", () => {
  const starts = Array.from({ length: 100 }, (_, i) => i * DAY_MS);
  const count = (
    known: Partial<Parameters<typeof checkBars>[2]>,
    name: string,
    bars = barsAt(starts, DAY_MS),
  ) => checkBars(bars, DAY_MS, { calendar: "continuous", ...known }).checks.find((c) => c.name === name);

  test("a late beginning and an early end, told by series of the same source", () => {
    const cohort = { source: "panel", series: 5, from: 0, to: 100 * DAY_MS };
    expect(count({ beginners: cohort, enders: cohort }, "lateStart")?.count).toBe(0);
    expect(count({ beginners: { ...cohort, from: -30 * DAY_MS } }, "lateStart")).toMatchObject({
      count: 1,
      severity: "note",
    });
    expect(count({ enders: { ...cohort, to: 130 * DAY_MS } }, "stopped")?.places).toEqual([
      "1970-04-10T00:00:00Z",
    ]);
    expect(count({ enders: { ...cohort, to: 130 * DAY_MS, series: 2 } }, "stopped")?.count).toBe(0);
  });

  test("bars from before the listing are errors", () => {
    expect(count({ listedAt: 3 * DAY_MS }, "beforeListing")).toMatchObject({ count: 3, severity: "error" });
    expect(count({}, "beforeListing")).toBeUndefined();
  });

  test("another series: differences past the tolerance, by column, and the ratio of both", () => {
    const other = barsAt(starts.slice(10, 60), DAY_MS);
    other.high[5] = 102.5;
    for (let i = 20; i < 24; i++) other.volume[i] = 6;
    const tolerance = { price: 0.001, volume: 0.01 };
    const report = checkBars(barsAt(starts, DAY_MS), DAY_MS, {
      calendar: "continuous",
      others: [{ name: "spot 1d", bars: other, tolerance }],
    });
    expect(report.comparisons).toEqual([
      {
        name: "spot 1d",
        tolerance,
        common: 50,
        differing: 5,
        largestPriceDifference: 0.5 / 102.5,
        medianRatio: 1,
      },
    ]);
    const found = report.checks.find((c) => c.name === "disagreement")!;
    expect(found.findings.map((f) => [f.count, f.note])).toEqual([
      [1, "high against spot 1d"],
      [4, "volume against spot 1d"],
    ]);
    expect(found.share).toBe(5 / 50);
  });

  test("the mark price beside the last one: past 0.5 %", () => {
    const last = barsAt(starts, DAY_MS);
    const mark = barsAt(starts, DAY_MS);
    mark.volume.fill(Number.NaN);
    mark.close[7] = last.close[7]! * 1.0049;
    mark.close[8] = last.close[8]! * 0.9949;
    expect(count({ kind: "mark", last }, "markDistance", mark)?.places).toEqual(["1970-01-09T00:00:00Z"]);
  });

  test("stale runs of five, flat runs of twenty", () => {
    const bars = barsAt(starts, DAY_MS);
    // the odd ones are at 101 already: 10 to 15 repeat 9, and 20 to 23 are too few
    for (const i of [10, 12, 14, 20, 22]) bars.close[i] = 101;
    expect(count({}, "stale", bars)).toMatchObject({ count: 6, places: ["1970-01-11T00:00:00Z"] });
    for (let i = 40; i < 60; i++) {
      for (const name of ["open", "high", "low", "close"] as const) bars[name][i] = i % 2 === 0 ? 100 : 101;
    }
    expect(count({}, "flat", bars)).toMatchObject({ count: 20 });
  });

  test("a time off the grid", () => {
    const bars = barsAt(starts, DAY_MS);
    bars.closeTime[50]! += MINUTE_MS;
    expect(count({}, "offGrid", bars)?.count).toBe(1);
  });
});

describe("funding", () => {
  test("intervals other than 8 h, rates at the cap of 0.3 %, rates that cannot be", () => {
    const findings = new Findings();
    const time = Float64Array.of(0, 8, 16, 20, 32, 40).map((h) => h * HOUR_MS);
    const rate = Float64Array.of(0.0001, -0.003, 0.0029, 0.0001, 0.01, 0.0001);
    checkFunding({ instrument: "X", length: 6, time, rate }, findings);
    expect(findings.of("interval").map((f) => f.note)).toEqual([
      "4 h after the one before",
      "12 h after the one before",
    ]);
    expect(findings.of("extremeRate").map((f) => f.note)).toEqual(["-0.3000 %", "1.0000 %"]);
    rate[5] = 0.05;
    checkFunding({ instrument: "X", length: 6, time, rate }, findings);
    expect(findings.count("impossibleRate")).toBe(1);
  });
});
