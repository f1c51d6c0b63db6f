import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries } from "../../market/bars.ts";
import { calendarOf } from "../../market/calendars/calendarOf.ts";
import { alignPanel } from "../../market/panel/alignPanel.ts";
import { contextAge } from "../../market/panel/contextAge.ts";
import { CONTEXT_INSTRUMENTS } from "../../market/universes/gicsSectors.ts";
import { featureContract, randomPanel } from "../featureContract.ts";
import { featureParts } from "../index.ts";
import { randomBars } from "../randomBars.ts";

const make = (options: object = {}) =>
  createPart(featureParts, { kind: "marketContext", ...options }, "features.0");
const small = { indices: ["SPY", "XLK"], betaBars: 20, strengthBars: 10, trendBars: 40, usualBars: 50 };

/** Bars of a calendar, at random prices. */
function barsOf(
  instrument: string,
  seed: number,
  barMs: number,
  from: string,
  to: string,
  calendar: string,
): BarSeries {
  const starts = calendarOf(calendar).barStarts(barMs, Date.parse(from), Date.parse(to));
  const bars = { ...randomBars(seed, starts.length, { price: 100 + seed }), instrument };
  bars.closeTime.set(starts.map((start) => start + barMs));
  return bars;
}

describe("marketContext", () => {
  featureContract(() => make(small), { tailTolerance: 1e-6, context: ["SPY", "XLK", "VIX"] });

  it("has by default 13 funds at 5 columns, the market at 4, its regime and VIX: 73", () => {
    const feature = make();
    expect(feature.columns).toHaveLength(13 * 5 + 4 + 2 + 2);
    for (const name of CONTEXT_INSTRUMENTS) expect(feature.columns.some((c) => c.endsWith(name))).toBe(true);
    expect(feature.lookback).toBe(252);
    expect(make({ ...small, fear: null }).columns).toHaveLength(4 + 5 + 2);
  });

  it("is the market beside itself: beta and correlation 1, strength 0; a fund twice as wild has beta 2", () => {
    const panel = randomPanel(3, 80, ["SPY", "XLK"]);
    const [, spy, xlk] = panel.series as [BarSeries, BarSeries, BarSeries];
    // the target moves twice as far as SPY each bar, in logs
    const square = (column: Float64Array) => column.map((price) => price ** 2);
    const squared: BarSeries = {
      ...spy,
      instrument: "T",
      open: square(spy.open),
      high: square(spy.high),
      low: square(spy.low),
      close: square(spy.close),
    };
    const feature = make({ ...small, fear: null });
    const columns = feature.compute({ ...panel, series: [squared, spy, xlk] });
    const last = (name: string) => columns[feature.columns.indexOf(name)]![79]!;
    expect(last("beta20SPY")).toBeCloseTo(2, 5);
    expect(last("correlation20SPY")).toBeCloseTo(1, 6);
    expect(last("relativeStrength10SPY")).toBeCloseTo(Math.log(spy.close[79]! / spy.close[69]!), 6);
    expect(last("relativeStrength10XLKToSPY")).toBeCloseTo(
      Math.log(xlk.close[79]! / xlk.close[69]!) - Math.log(spy.close[79]! / spy.close[69]!),
      6,
    );
    expect(last("logReturn1XLK")).toBeCloseTo(Math.log(xlk.close[79]! / xlk.close[78]!), 6);
  });

  it("refuses names that come twice and settings that are none", () => {
    expect(() => make({ indices: ["SPY", "SPY"] })).toThrow(/features.0.indices: names an instrument twice/);
    expect(() => make({ indices: ["SPY", "VIX"] })).toThrow(/twice/);
    expect(() => make({ indices: [] })).toThrow(/features.0.indices/);
    expect(() => make({ betaBars: 1 })).toThrow(/features.0.betaBars/);
    expect(() => make({ sectors: [] })).toThrow(/features.0/);
  });
});

describe("context as of the close", () => {
  const options = { barMs: HOUR_MS, maxAgeBars: 96 };

  it("never reads past the target's close: any change of the future, of target or context, changes no row before", () => {
    // hourly crypto beside hourly SPY, daily XLK and VIX over Thanksgiving's half day and the end of daylight saving
    const [from, to] = ["2023-10-30", "2023-12-01"];
    const build = (seed: number) => ({
      target: barsOf("BTCUSDT", seed, HOUR_MS, from, to, "continuous"),
      context: [
        barsOf("SPY", seed + 1, HOUR_MS, from, to, "nyse"),
        barsOf("XLK", seed + 2, DAY_MS, from, to, "nyse"),
        barsOf("VIX", seed + 3, DAY_MS, from, to, "nyse"),
      ],
    });
    const first = build(10);
    const feature = make(small);
    const whole = feature.compute(alignPanel(first.target, first.context, options));
    const other = build(500);
    const swap = (old: BarSeries, fresh: BarSeries, time: number): BarSeries => {
      const mixed = { ...allocateBars(old.instrument, old.length), closeTime: old.closeTime };
      for (const name of BAR_COLUMNS) {
        mixed[name].set(old[name].map((v, t) => (old.closeTime[t]! <= time ? v : fresh[name][t]!)));
      }
      return mixed;
    };
    fc.assert(
      fc.property(fc.nat(first.target.length - 1), (row) => {
        const time = first.target.closeTime[row]!;
        const changed = alignPanel(
          swap(first.target, other.target, time),
          first.context.map((c, i) => swap(c, other.context[i]!, time)),
          options,
        );
        feature.compute(changed).forEach((column, f) => {
          expect(column.subarray(0, row + 1), feature.columns[f]).toEqual(whole[f]!.subarray(0, row + 1));
        });
      }),
      { numRuns: 40 },
    );
  });

  it("takes a bar that closes at the very same moment, and tells the age of what it takes", () => {
    const [from, to] = ["2024-07-02", "2024-07-09"];
    const target = barsOf("BTCUSDT", 1, HOUR_MS, from, to, "continuous");
    const spy = barsOf("SPY", 2, HOUR_MS, from, to, "nyse");
    const age = contextAge(target.closeTime, spy.closeTime);
    const at = (text: string) => target.closeTime.indexOf(Date.parse(text));
    // 09:00 to 10:00 in New York is 13:00 to 14:00 UTC
    expect(age[at("2024-07-02T13:00:00Z")]).toBeNaN();
    expect(age[at("2024-07-02T14:00:00Z")]).toBe(0);
    // the half day of July 3 ends at 17:00 UTC, July 4 is closed: 21 h and more
    expect(age[at("2024-07-03T17:00:00Z")]).toBe(0);
    expect(age[at("2024-07-04T14:00:00Z")]).toBe(21 * HOUR_MS);
    expect(age[at("2024-07-05T13:00:00Z")]).toBe(44 * HOUR_MS);
    expect(age[at("2024-07-05T14:00:00Z")]).toBe(0);
    // with a limit of a day the holiday's context is missing rather than old
    const limited = alignPanel(target, [spy], { barMs: HOUR_MS, maxAgeBars: 24 }).series[1]!;
    expect(limited.close[at("2024-07-04T17:00:00Z")]).toBe(
      spy.close[spy.closeTime.indexOf(Date.parse("2024-07-03T17:00:00Z"))],
    );
    expect(limited.close[at("2024-07-04T18:00:00Z")]).toBeNaN();
    target.closeTime.forEach((_, t) => {
      expect(Number.isNaN(limited.close[t]!)).toBe(!(age[t]! <= 24 * HOUR_MS));
    });
  });

  it("has an age without bars, with one, and on an empty clock", () => {
    expect([...contextAge(Float64Array.of(1, 2), new Float64Array(0))]).toEqual([NaN, NaN]);
    expect([...contextAge(Float64Array.of(1, 5, 9), Float64Array.of(5))]).toEqual([NaN, 0, 4]);
    expect(contextAge(new Float64Array(0), Float64Array.of(5))).toHaveLength(0);
  });
});
