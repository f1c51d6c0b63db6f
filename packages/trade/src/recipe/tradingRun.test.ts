import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateBars, type BarSeries } from "../market/bars.ts";
import { signalsOnBars } from "./tradingRun.ts";

function barsAt(...closeTime: number[]): BarSeries {
  const bars = allocateBars("TEST", closeTime.length);
  bars.closeTime.set(closeTime);
  return bars;
}

const decisions = (...pairs: [number, number][]) => ({
  closeTime: Float64Array.from(pairs, (p) => p[0]),
  signals: Int8Array.from(pairs, (p) => p[1]),
});

test("a decision stands until the next; before the first the run holds", () => {
  const bars = barsAt(10, 20, 30, 40, 50, 60);
  expect([...signalsOnBars(bars, decisions([20, 1], [40, 0], [60, -1]))]).toEqual([0, 1, 1, 0, 0, -1]);
});

test("a decision of a bar that is not there, or outside the range, is not taken", () => {
  const bars = barsAt(30, 40, 60);
  expect([...signalsOnBars(bars, decisions([10, 1], [50, -1], [70, 1]))]).toEqual([0, 0, 0]);
});

test("each bar has the signal of the last decision on a bar up to it", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom(-1, 0, 1)), {
        selector: ([time]) => time,
      }),
      (times, pairs) => {
        const bars = barsAt(...[...times].sort((a, b) => a - b));
        const sorted = [...pairs].sort((a, b) => a[0] - b[0]) as [number, number][];
        const expected = Array.from(
          bars.closeTime,
          (t) => sorted.filter(([at]) => at <= t && times.includes(at)).at(-1)?.[1] ?? 0,
        );
        expect([...signalsOnBars(bars, decisions(...sorted))]).toEqual(expected);
      },
    ),
  );
});
