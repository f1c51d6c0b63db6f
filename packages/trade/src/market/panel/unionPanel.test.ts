import { expect, it } from "vitest";
import { DAY_MS } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries } from "../bars.ts";
import { unionPanel } from "./unionPanel.ts";

function barsAt(instrument: string, days: readonly number[], mark: number): BarSeries {
  const bars = allocateBars(instrument, days.length);
  days.forEach((day, t) => {
    bars.closeTime[t] = day * DAY_MS;
    for (const name of BAR_COLUMNS) bars[name][t] = mark + day;
  });
  return bars;
}

it("has every time once, in order, and NaN where a series has no bar: by hand", () => {
  const panel = unionPanel([barsAt("A", [1, 2, 5], 10), barsAt("B", [2, 3], 20), barsAt("C", [], 30)]);
  expect([...panel.closeTime]).toEqual([1, 2, 3, 5].map((day) => day * DAY_MS));
  expect(panel.series.map((bars) => [...bars.close])).toEqual([
    [11, 12, NaN, 15],
    [NaN, 22, 23, NaN],
    [NaN, NaN, NaN, NaN],
  ]);
  for (const bars of panel.series) expect(bars.closeTime).toBe(panel.closeTime);
  expect(unionPanel([]).length).toBe(0);
});

it("refuses a name twice and times that do not ascend", () => {
  expect(() => unionPanel([barsAt("A", [1], 0), barsAt("A", [2], 0)])).toThrow(/A is named twice/);
  expect(() => unionPanel([barsAt("A", [2, 2], 0)])).toThrow(/A row 1 .* does not follow/);
});
