import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries } from "../bars.ts";
import { repairBars } from "./repairBars.ts";

/** Hourly bars whose close goes up, down and nowhere by 0.1 %, in the order of `hours`. */
function barsAt(hours: readonly number[]): BarSeries {
  const bars = allocateBars("X", hours.length);
  hours.forEach((hour, i) => {
    bars.closeTime[i] = (hour + 1) * HOUR_MS;
    bars.open[i] = 100;
    bars.close[i] = hour % 3 === 1 ? 100.1 : 100;
    bars.high[i] = 101;
    bars.low[i] = 99;
    bars.volume[i] = 5;
  });
  return bars;
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("repairBars", () => {
  test("sound bars are left as they are, with an empty journal", () => {
    const bars = barsAt(upTo(200));
    expect(repairBars(bars, HOUR_MS, "continuous")).toEqual({
      bars,
      journal: [],
      droppedBars: 0,
      movedBars: 0,
      proposals: 0,
    });
  });

  test("out of order and twice: sorted, one of two equal bars dropped, two different ones kept", () => {
    const bars = barsAt([0, 1, 3, 2, 4, 4, 5, 5]);
    bars.close[7] = 100.05;
    const { bars: repaired, journal, droppedBars, movedBars } = repairBars(bars, HOUR_MS, "continuous");
    expect(Array.from(repaired.closeTime, (t) => t / HOUR_MS)).toEqual([1, 2, 3, 4, 5, 6, 6]);
    expect({ droppedBars, movedBars }).toEqual({ droppedBars: 1, movedBars: 1 });
    expect(journal[0]).toMatchObject({ time: "1970-01-01T02:00:00Z", column: "time", applied: true });
    expect(journal.slice(1).map((e) => [e.column, e.before, e.after])).toEqual([
      ["open", 100, null],
      ["high", 101, null],
      ["low", 99, null],
      ["close", 100.1, null],
      ["volume", 5, null],
    ]);
  });

  test("a spike of one bar at no unusual volume is dropped, a traded one and a jump stay", () => {
    // one sigma is 1.4826 x 0.1 %: 10 % is 64 of them
    const bars = barsAt(upTo(300));
    bars.close[50] = 110;
    bars.close[100] = 110;
    bars.volume[100] = 500;
    for (let i = 200; i < 300; i++) bars.close[i]! *= 1.1;
    const { bars: repaired, journal, droppedBars } = repairBars(bars, HOUR_MS, "continuous");
    expect(droppedBars).toBe(1);
    expect(repaired.length).toBe(299);
    expect(repaired.closeTime.includes(51 * HOUR_MS)).toBe(false);
    expect(journal.find((e) => e.column === "close")).toMatchObject({
      time: "1970-01-03T02:00:00Z",
      before: 110,
      after: null,
      applied: true,
    });
  });

  test("whatever comes in: each bar that is left was there, none is made up, the input is untouched", () => {
    // JSON has no negative zero: it is the same number as zero
    const anyNumber = fc.double().map((value) => value + 0);
    const bar = fc.record({
      hour: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constant(Number.NaN)),
      close: fc.oneof(anyNumber, fc.constantFrom(100, 100.1, 0, -1, 1e300)),
      volume: fc.oneof(anyNumber, fc.constant(0)),
    });
    fc.assert(
      fc.property(
        fc.array(bar, { maxLength: 80 }),
        fc.constantFrom("continuous", "exchange"),
        (rows, calendar) => {
          const bars = barsAt(rows.map((r) => r.hour));
          rows.forEach((r, i) => {
            bars.close[i] = r.close;
            bars.volume[i] = r.volume;
          });
          const text = (b: BarSeries): string[] =>
            Array.from({ length: b.length }, (_, i) =>
              [b.closeTime[i], ...BAR_COLUMNS.map((n) => b[n][i])].join(),
            );
          const before = text(bars);
          const repair = repairBars(bars, HOUR_MS, calendar);
          expect(text(bars)).toEqual(before);
          const there = new Set(before);
          expect(text(repair.bars).every((line) => there.has(line))).toBe(true);
          expect(repair.bars.length + repair.droppedBars).toBe(bars.length);
          expect(Array.from(repair.bars.closeTime)).toEqual(
            Array.from(repair.bars.closeTime).sort((a, b) => a - b),
          );
          expect(JSON.parse(JSON.stringify(repair.journal))).toEqual(repair.journal);
        },
      ),
    );
  });
});
