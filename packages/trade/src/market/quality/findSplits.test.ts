import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries } from "../bars.ts";
import { findSplits } from "./findSplits.ts";

const FIRST = Date.UTC(2020, 0, 6);

/** Sixty days around 90 that move by 1 %; `change` alters prices and volumes from day 30 on. */
function days(change: { price: number; volume: number; lasting?: number }): BarSeries {
  const bars = allocateBars("X", 60);
  for (let i = 0; i < 60; i++) {
    const isChanged = i >= 30 && i < 30 + (change.lasting ?? 60);
    const close = 90 * (i % 2 === 0 ? 1 : 1.01) * (isChanged ? change.price : 1);
    bars.closeTime[i] = FIRST + (i + 1) * DAY_MS;
    bars.open[i] = close * 1.002;
    bars.high[i] = close * 1.02;
    bars.low[i] = close * 0.98;
    bars.close[i] = close;
    bars.volume[i] = 1e6 * (isChanged ? change.volume : 1);
  }
  return bars;
}

describe("findSplits", () => {
  test.each([
    ["2:1", 1 / 2],
    ["3:2", 2 / 3],
    ["7:1", 1 / 7],
    ["4:1", 1 / 4],
    ["1:10", 10],
    ["1:8", 8],
  ])("%s is named with the factor for earlier prices", (ratio, factor) => {
    expect(findSplits(days({ price: factor, volume: 1 / factor }))).toEqual([{ row: 30, ratio, factor }]);
  });

  test("a crash to a half is none: its value traded is many times the usual", () => {
    expect(findSplits(days({ price: 0.5, volume: 18 }))).toEqual([]);
  });

  test("a ratio that no split has; one that comes back within days; a hole of years", () => {
    expect(findSplits(days({ price: 0.55, volume: 1 / 0.55 }))).toEqual([]);
    expect(findSplits(days({ price: 0.5, volume: 2, lasting: 2 }))).toEqual([]);
    const bars = days({ price: 0.5, volume: 2 });
    for (let i = 30; i < 60; i++) bars.closeTime[i]! += 400 * DAY_MS;
    expect(findSplits(bars)).toEqual([]);
  });

  test("within the day as well: hourly bars, split over a night", () => {
    const daily = days({ price: 1 / 7, volume: 7 });
    const hourly = allocateBars("X", 60 * 7);
    for (let i = 0; i < hourly.length; i++) {
      const day = Math.floor(i / 7);
      hourly.closeTime[i] = FIRST + day * DAY_MS + ((i % 7) + 15) * 3_600_000;
      for (const name of ["open", "high", "low", "close"] as const) hourly[name][i] = daily.close[day]!;
      hourly.volume[i] = daily.volume[day]! / 7;
    }
    expect(findSplits(hourly)).toEqual([{ row: 30 * 7, ratio: "7:1", factor: 1 / 7 }]);
  });
});
