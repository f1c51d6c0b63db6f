import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, sliceBars } from "../bars.ts";
import { resample } from "../resample.ts";
import { assembleTimeframe } from "./assembleTimeframe.ts";

const START = Date.UTC(2023, 6, 3);

/** One-minute bars around the clock. */
function minutes(length: number, seed = 1): BarSeries {
  const random = seededRandom(seed);
  const bars = allocateBars("LTCUSDT", length);
  let price = 100;
  for (let t = 0; t < length; t++) {
    bars.closeTime[t] = START + (t + 1) * MINUTE_MS;
    bars.open[t] = price;
    price *= 1 + 0.002 * (random.next() - 0.5);
    bars.close[t] = price;
    bars.high[t] = Math.max(bars.open[t]!, price) * 1.0005;
    bars.low[t] = Math.min(bars.open[t]!, price) * 0.9995;
    bars.volume[t] = 1 + random.below(50);
  }
  return bars;
}

const all = minutes(6 * 1440);
const hours = resample(all, MINUTE_MS, HOUR_MS).bars;
const fives = resample(all, MINUTE_MS, 5 * MINUTE_MS).bars;
const lastDay = sliceBars(all, 5 * 1440, 6 * 1440);
const lastTwoDays = sliceBars(fives, 4 * 288, 6 * 288);
const end = START + 6 * DAY_MS;
const sources = [
  { timeframe: "1m", bars: lastDay },
  { timeframe: "5m", bars: lastTwoDays },
  { timeframe: "1h", bars: hours },
];

describe("assembleTimeframe", () => {
  it("takes each timeframe from the stored bars that cover it", () => {
    const of = (timeframe: string, rows: number, at = end) =>
      assembleTimeframe(sources, { timeframe, rows, at }).stretches;
    expect(of("1m", 100)).toEqual([{ from: "1m", rows: 100 }]);
    expect(of("5m", 100)).toEqual([{ from: "5m", rows: 100 }]);
    // 30m: no bars of their own, made of 5m
    expect(of("30m", 90)).toEqual([{ from: "5m", rows: 90 }]);
    expect(of("1h", 100)).toEqual([{ from: "1h", rows: 100 }]);
    expect(of("6h", 100)).toEqual([{ from: "1h", rows: 24 }]);
    expect(of("1d", 100)).toEqual([{ from: "1h", rows: 6 }]);
  });

  it("fills the hours that the longer bars do not reach yet from the shorter ones, and the seam is exact", () => {
    const late = [sources[0]!, sources[1]!, { timeframe: "1h", bars: sliceBars(hours, 0, hours.length - 7) }];
    const found = assembleTimeframe(late, { timeframe: "1h", rows: 100, at: end });
    expect(found.stretches).toEqual([
      { from: "1h", rows: 93 },
      { from: "5m", rows: 7 },
    ]);
    const whole = sliceBars(hours, hours.length - 100, hours.length);
    for (const name of ["closeTime", ...BAR_COLUMNS] as const)
      expect([...found.bars[name]]).toEqual([...whole[name]]);
  });

  it("never looks past the moment: what closes later may hold anything, and a forming bar is not there", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 * 1440 }),
        fc.constantFrom("1m", "5m", "30m", "1h", "6h", "1d"),
        (minute, timeframe) => {
          const at = START + minute * MINUTE_MS;
          const spoilt = sources.map((source) => {
            const bars = sliceBars(source.bars, 0, source.bars.length);
            const changed = { ...bars, close: bars.close.slice(), high: bars.high.slice() };
            for (let t = 0; t < bars.length; t++) {
              if (bars.closeTime[t]! > at) changed.close[t] = changed.high[t] = 1e9;
            }
            return { ...source, bars: changed };
          });
          const request = { timeframe, rows: 50, at };
          const known = assembleTimeframe(sources, request);
          expect(assembleTimeframe(spoilt, request)).toEqual(known);
          const last = known.bars.closeTime.at(-1) ?? Number.NEGATIVE_INFINITY;
          expect(last).toBeLessThanOrEqual(at);
        },
      ),
    );
  });

  it("has each bar once, in order, and as many as it was asked for at most", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 5 * 1440 }),
        fc.integer({ min: 0, max: 140 }),
        (rows, firstMinute, lastHours) => {
          const some = [
            { timeframe: "1m", bars: sliceBars(all, firstMinute, all.length) },
            { timeframe: "1h", bars: sliceBars(hours, 0, lastHours) },
          ];
          const { bars, stretches } = assembleTimeframe(some, { timeframe: "1h", rows, at: end });
          expect(bars.length).toBeLessThanOrEqual(rows);
          expect(stretches.reduce((sum, s) => sum + s.rows, 0)).toBe(bars.length);
          for (let t = 1; t < bars.length; t++)
            expect(bars.closeTime[t]!).toBeGreaterThan(bars.closeTime[t - 1]!);
          for (let t = 0; t < bars.length; t++) {
            const row = hours.closeTime.indexOf(bars.closeTime[t]!);
            for (const name of BAR_COLUMNS) expect(bars[name][t]).toBe(hours[name][row]);
          }
        },
      ),
    );
  });

  it("an exchange's last bucket is whole once its time is over, though no bar closed at its end", () => {
    // 14:30 to 21:00 UTC, then nothing until the next day
    const session = sliceBars(all, 14 * 60 + 30, 21 * 60);
    const of = (at: number) =>
      assembleTimeframe([{ timeframe: "1m", bars: session }], { timeframe: "6h", rows: 10, at }).bars;
    expect(of(START + 23 * HOUR_MS).length).toBe(0);
    const closed = of(START + 24 * HOUR_MS);
    expect([...closed.closeTime]).toEqual([START + 24 * HOUR_MS]);
    expect(closed.close[0]).toBe(session.close.at(-1));
  });

  it("refuses adjusted beside raw prices, naming both, and leaves apart what never meets", () => {
    const halved = { ...hours, close: hours.close.map((price) => price / 2) };
    const torn = [sources[1]!, { timeframe: "1h", bars: halved }];
    expect(() => assembleTimeframe(torn, { timeframe: "1h", rows: 100, at: end })).toThrow(
      /LTCUSDT: its 5m bars joined to 1h and its 1h bars differ by 100\.0 %.*adjusted/,
    );
    const apart = [sources[1]!, { timeframe: "1h", bars: sliceBars(halved, 0, 90) }];
    expect(assembleTimeframe(apart, { timeframe: "1h", rows: 100, at: end }).stretches).toEqual([
      { from: "1h", rows: 90 },
    ]);
  });

  it("takes nothing from nothing, and refuses a request that cannot be", () => {
    const wanted = { timeframe: "1h", rows: 5, at: end };
    expect(assembleTimeframe([], wanted).bars.length).toBe(0);
    expect(assembleTimeframe([{ timeframe: "1d", bars: allocateBars("X", 0) }], wanted).bars.length).toBe(0);
    expect(assembleTimeframe(sources, { ...wanted, at: START }).bars.length).toBe(0);
    expect(() => assembleTimeframe(sources, { ...wanted, rows: 0 })).toThrow(/0 bars are not possible/);
    expect(() => assembleTimeframe(sources, { ...wanted, at: Number.NaN })).toThrow(/'NaN' is not a time/);
  });
});
