import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries } from "./bars.ts";
import { resample } from "./resample.ts";

const FIVE = 5 * MINUTE_MS;
/** 2023-01-01T00:00Z, a Sunday */
const START = 1672531200000;

type Row = readonly [start: number, open: number, high: number, low: number, close: number, volume: number];

function barsOf(rows: readonly Row[], barMs = FIVE): BarSeries {
  const bars = allocateBars("X", rows.length);
  for (const [i, [start, ...values]] of rows.entries()) {
    bars.closeTime[i] = start + barMs;
    for (const [c, name] of BAR_COLUMNS.entries()) bars[name][i] = values[c]!;
  }
  return bars;
}

function rowsOf(bars: BarSeries): number[][] {
  return Array.from(bars.closeTime, (time, i) => [time, ...BAR_COLUMNS.map((name) => bars[name][i]!)]);
}

// BTCUSDT USD-M perpetual, 2023-07-18: 1 min from Alpergulsen/freqtrade, 5 min from catman77/cyft_trader
const REAL_MINUTES: readonly Row[] = [
  [1689699000000, 29690, 29708.7, 29613.3, 29645.3, 2460.785],
  [1689699060000, 29645.2, 29722, 29645.2, 29703, 2211.06],
  [1689699120000, 29703, 29713.6, 29680, 29703.2, 1244.468],
  [1689699180000, 29703.1, 29770.9, 29703, 29757.5, 1773.37],
  [1689699240000, 29757.5, 29765.6, 29734.5, 29735.8, 796.856],
];
const REAL_FIVE: Row = [1689699300000, 29690, 29770.9, 29613.3, 29735.8, 8486.539];

/** Whole numbers, so that sums are exact in any order; bars may be missing and begin anywhere. */
const randomBars = fc
  .tuple(
    fc.nat(300),
    fc.array(fc.tuple(fc.boolean(), fc.nat(100), fc.nat(50), fc.nat(50), fc.nat(1000)), { maxLength: 80 }),
  )
  .map(([offset, steps]) =>
    barsOf(
      steps.flatMap(([isThere, move, up, down, volume], i): Row[] => {
        if (!isThere) return [];
        const open = 100 + move;
        const close = 100 + ((move * 7) % 100);
        const start = START + (offset + i) * FIVE;
        return [[start, open, Math.max(open, close) + up, Math.min(open, close) - down / 10, close, volume]];
      }),
    ),
  );

describe("resample", () => {
  test("five real minutes make the exchange's own five-minute bar", () => {
    const minutes = barsOf(REAL_MINUTES, MINUTE_MS);
    const { bars } = resample(minutes, MINUTE_MS, FIVE);
    expect(rowsOf(bars).map((r) => r.slice(0, 5))).toEqual([REAL_FIVE.slice(0, 5)]);
    expect(bars.volume[0]).toBeCloseTo(REAL_FIVE[5], 6);
  });

  test("drops what enters late and leaves early, keeps and counts what misses bars inside", () => {
    const at = (bar: number, price: number): Row => [
      START + bar * FIVE,
      price,
      price + 1,
      price - 1,
      price + 0.5,
      2,
    ];
    // buckets of 15 min: bar 2 alone | 3 4 5 | 6 _ 8 | _ _ _ | 12 13
    const bars = barsOf([
      at(2, 10),
      at(3, 20),
      at(4, 30),
      at(5, 15),
      at(6, 40),
      at(8, 50),
      at(12, 60),
      at(13, 70),
    ]);
    const result = resample(bars, FIVE, 3 * FIVE);
    expect(rowsOf(result.bars)).toEqual([
      [START + 6 * FIVE, 20, 31, 14, 15.5, 6],
      [START + 9 * FIVE, 40, 51, 39, 50.5, 4],
    ]);
    expect(result).toMatchObject({ incomplete: 1, droppedHead: 1, droppedTail: 2 });
  });

  test("weeks begin on Monday", () => {
    const days = Array.from({ length: 9 }, (_, d): Row => [START + d * DAY_MS, 1 + d, 2 + d, 1, 1 + d, 1]);
    const { bars, droppedHead, droppedTail } = resample(barsOf(days, DAY_MS), DAY_MS, 7 * DAY_MS);
    // Sunday alone, then Monday 2 to Sunday 8 January, then one day of the next week
    expect(Array.from(bars.closeTime)).toEqual([START + 8 * DAY_MS]);
    expect([bars.open[0], bars.close[0], droppedHead, droppedTail]).toEqual([2, 8, 1, 1]);
  });

  test("volume is conserved and each bar spans its open and close", () => {
    fc.assert(
      fc.property(randomBars, fc.constantFrom(1, 2, 3, 6, 12, 288), (bars, multiple) => {
        const out = resample(bars, FIVE, multiple * FIVE);
        const kept = bars.volume.subarray(out.droppedHead, bars.length - out.droppedTail);
        const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
        expect(sum(out.bars.volume)).toBe(sum(kept));
        for (let i = 0; i < out.bars.length; i++) {
          expect(out.bars.high[i]).toBeGreaterThanOrEqual(Math.max(out.bars.open[i]!, out.bars.close[i]!));
          expect(out.bars.low[i]).toBeLessThanOrEqual(Math.min(out.bars.open[i]!, out.bars.close[i]!));
          expect(out.bars.closeTime[i]! % (multiple * FIVE)).toBe(0);
          if (i > 0) expect(out.bars.closeTime[i]).toBeGreaterThan(out.bars.closeTime[i - 1]!);
        }
      }),
    );
  });

  test("5 to 15 to 60 minutes is 5 to 60", () => {
    fc.assert(
      fc.property(randomBars, (bars) => {
        const once = resample(bars, FIVE, HOUR_MS).bars;
        const twice = resample(resample(bars, FIVE, 3 * FIVE).bars, 3 * FIVE, HOUR_MS).bars;
        expect(rowsOf(twice)).toEqual(rowsOf(once));
      }),
    );
  });

  test("refuses what is no whole multiple", () => {
    expect(() => resample(barsOf([]), FIVE, 7 * MINUTE_MS)).toThrow(UsageError);
    expect(() => resample(barsOf([]), FIVE, MINUTE_MS)).toThrow(/5m bars cannot be joined to 1m/);
  });
});
