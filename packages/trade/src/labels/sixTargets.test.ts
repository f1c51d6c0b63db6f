import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../core/parts.ts";
import { DAY_MS } from "../core/time.ts";
import { allocateBars, type BarSeries, singlePanel } from "../market/bars.ts";
import { labelParts } from "./index.ts";
import { labelContract, walkingBars } from "./labelContract.ts";

const make = (config: object = {}) => createPart(labelParts, { kind: "sixTargets", ...config }, "label");

function barsOf(closes: readonly number[], lows: readonly number[] = closes): BarSeries {
  const bars = allocateBars("TEST", closes.length);
  bars.close.set(closes);
  bars.low.set(lows);
  closes.forEach((_, t) => {
    bars.closeTime[t] = (t + 1) * DAY_MS;
  });
  return bars;
}

function targetsOf(bars: BarSeries, config: object = {}) {
  const labeler = make(config);
  const { values, knownAt } = labeler.label(singlePanel(bars));
  return {
    ...Object.fromEntries(labeler.columns.map((name, i) => [name, values[i]!])),
    knownAt,
  } as Record<string, Float32Array> & { knownAt: Float64Array };
}

/** Bars that walk, each with a low of its own below the close. */
function walkingLows(seed: number, gaps = false): BarSeries {
  const bars = walkingBars(seed, { gaps });
  const shadow = walkingBars(seed + 77);
  return { ...bars, low: bars.close.map((c, t) => c * (1 - Math.abs(shadow.close[t]! - 100) / 1000)) };
}

describe.each([
  {},
  { horizons: [2] },
  { horizons: [1, 4, 24], gaps: "allow" },
  { horizons: [1, 3], directionHorizon: 3, threshold: { kind: "volatility", multiple: 1, windowBars: 20 } },
])("sixTargets %j", (config) => {
  labelContract(() => make(config));
});

describe("sixTargets", () => {
  it("follows by hand over six bars", () => {
    const closes = [100, 101, 99, 102, 104, 103];
    const lows = [90, 100, 98, 98.5, 101, 102];
    const y = targetsOf(barsOf(closes, lows), { horizons: [1, 2, 4] });
    expect(y.return1![0]).toBeCloseTo(0.01, 7);
    expect(y.return2![0]).toBeCloseTo(-0.01, 7);
    expect(y.return4![0]).toBeCloseTo(0.04, 7);
    expect(y.return1![1]).toBeCloseTo(-2 / 101, 7);
    expect(y.return4![1]).toBeCloseTo(2 / 101, 7);
    // The next day of row 1 falls 2 %, its four days rise 2 %: sold by the day, bought by the trade.
    expect([...y.direction!]).toEqual([0, 2, NaN, NaN, NaN, NaN]);
    expect([...y.position!]).toEqual([0, 0, NaN, NaN, NaN, NaN]);
    // Sample deviations of ln(101/100), ln(99/101), ln(102/99), ln(104/102) and of the last three with ln(103/104),
    // by Python's statistics.stdev.
    expect(y.volatility![0]).toBeCloseTo(0.0214688234, 8);
    expect(y.volatility![1]).toBeCloseTo(0.0235620997, 8);
    // The entry bar's own low of 90 came before the entry.
    expect(y.drawdown![0]).toBeCloseTo(0.02, 7);
    expect(y.drawdown![1]).toBeCloseTo(3 / 101, 7);
    expect([...y.knownAt]).toEqual([5 * DAY_MS, 6 * DAY_MS, Infinity, Infinity, Infinity, Infinity]);
  });

  it("holds a position where the return does not pay its costs, on both sides and at the cost itself", () => {
    // The day after, each the same 1 % up; two days after: +0.4 %, +0.5 %, -0.4 %, -0.5 %.
    const sides = [1.004, 1.005, 0.996, 0.995, 1.25, 0.75].map((end) => {
      const config = { horizons: [1, 2], costBand: end === 1.25 || end === 0.75 ? 0.25 : 0.0045 };
      return targetsOf(barsOf([100, 101, 100 * end]), config);
    });
    expect(sides.map((y) => y.position![0])).toEqual([1, 0, 1, 2, 1, 1]);
    expect(sides.map((y) => y.direction![0])).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("has no drawdown where the price never falls below the entry, and counts a close below its bar's low", () => {
    expect(targetsOf(barsOf([100, 101, 102], [99, 100, 101]), { horizons: [2] }).drawdown![0]).toBe(0);
    expect(targetsOf(barsOf([100, 80, 102], [99, 90, 101]), { horizons: [2] }).drawdown![0]).toBeCloseTo(
      0.2,
      7,
    );
  });

  it("equals the definitions worked row by row", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 2, max: 30 }), (seed, longest) => {
        const bars = walkingLows(seed);
        const y = targetsOf(bars, { horizons: [1, longest], directionHorizon: longest, gaps: "allow" });
        for (let t = 0; t + longest < bars.length; t++) {
          const closes = [...bars.close.subarray(t, t + longest + 1)];
          const logs = closes.slice(1).map((c, i) => Math.log(c / closes[i]!));
          const mean = logs.reduce((a, b) => a + b) / longest;
          const variance = logs.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (longest - 1);
          expect(y.volatility![t]).toBeCloseTo(Math.sqrt(variance), 7);
          const lowest = Math.min(...bars.low.subarray(t + 1, t + longest + 1));
          expect(y.drawdown![t]).toBeCloseTo(Math.max(0, 1 - lowest / closes[0]!), 6);
          const whole = closes[longest]! / closes[0]! - 1;
          expect(y[`return${longest}`]![t]).toBeCloseTo(whole, 6);
          expect(y.direction![t]).toBe(whole > 0.005 ? 0 : whole < -0.005 ? 2 : 1);
          expect(y.position![t]).toBe(whole > 0.004 ? 0 : whole < -0.004 ? 2 : 1);
          expect(y.knownAt[t]).toBe(bars.closeTime[t + longest]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("depends on no close, low or time after knownAt, and on the low at it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.boolean(), fc.nat(199), (seed, gaps, cut) => {
        const bars = walkingLows(seed, gaps);
        const changed = { ...bars, close: bars.close.slice(), low: bars.low.slice() };
        changed.close.fill(1e-3, cut + 1);
        changed.low.fill(1e-4, cut + 1);
        const config = { horizons: [1, 4], gaps: "allow" };
        const before = targetsOf(bars, config);
        const after = targetsOf(changed, config);
        for (let t = 0; t < bars.length; t++) {
          if (before.knownAt[t]! > bars.closeTime[cut]!) continue;
          for (const [name, column] of Object.entries(before)) expect(after[name]![t]).toBe(column[t]);
        }
        const last = cut - 4;
        if (last >= 0 && Number.isFinite(before.knownAt[last]!)) {
          const lower = { ...bars, low: bars.low.slice() };
          lower.low[cut] = 1;
          expect(targetsOf(lower, config).drawdown![last]).toBeGreaterThan(0.9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("gives no row a target where a close or a later low is missing, and none across missing bars unless sessions allow", () => {
    const config = { horizons: [1, 2], gaps: "allow" };
    const known = (bars: BarSeries, c: object = config) =>
      [...targetsOf(bars, c).knownAt].map(Number.isFinite);
    const closes = [100, 101, 102, 103, 104, 105];
    const whole = barsOf(closes);
    expect(known(whole)).toEqual([true, true, true, true, false, false]);
    for (const missing of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) {
      const low = barsOf(closes);
      low.low[2] = missing;
      expect(known(low)).toEqual([false, false, true, true, false, false]);
      const close = barsOf(closes);
      close.close[2] = missing;
      expect(known(close)).toEqual([false, false, false, true, false, false]);
    }
    const weekend = barsOf(closes);
    for (let t = 3; t < 6; t++) weekend.closeTime[t]! += 2 * DAY_MS;
    expect(known(weekend)).toEqual([true, true, true, true, false, false]);
    expect(known(weekend, { horizons: [1, 2] })).toEqual([true, false, false, true, false, false]);
  });

  it("judges direction by its own horizon and by a volatility known at the row", () => {
    const bars = walkingLows(3);
    const threshold = { kind: "volatility", multiple: 0.5, windowBars: 10 };
    const y = targetsOf(bars, { horizons: [1, 4, 8], directionHorizon: 4, threshold, gaps: "allow" });
    const alike = createPart(
      labelParts,
      { kind: "threeClass", horizonBars: 4, threshold, gaps: "allow" } as { kind: string },
      "label",
    ).label(singlePanel(bars)).values[0]!;
    // The other labeler's classes, itself tested against hand: the same rule, known four bars sooner.
    expect(y.direction!.subarray(0, 192)).toEqual(alike.subarray(0, 192));
    expect(new Set(y.direction!.subarray(10, 192)).size).toBe(3);
    expect(y.return1![9]).toBeNaN();
  });

  it("has the seed's settings by default and names a setting that cannot be", () => {
    expect(make().columns).toEqual([
      ...["return1", "return4", "return24", "direction", "position", "volatility", "drawdown"],
    ]);
    expect(make().horizonBars).toBe(24);
    expect(() => make({ horizons: [] })).toThrow(/label\.horizons/);
    expect(() => make({ horizons: [1] })).toThrow(/label\.horizons.*longest must be 2/);
    expect(() => make({ horizons: [4, 1] })).toThrow(/label\.horizons.*4, 1 do not ascend/);
    expect(() => make({ directionHorizon: 5 })).toThrow(/label\.directionHorizon.*5 is none of.*1, 4, 24/);
    expect(() => make({ costBand: -1 })).toThrow(/label\.costBand/);
    expect(() => make({ horizonBars: 4 })).toThrow(/horizonBars/);
    const short = { ...barsOf([1, 2, 3]), low: new Float64Array(2) };
    expect(() => make().label(singlePanel(short))).toThrow(/2 lows in a panel of 3/);
  });
});
