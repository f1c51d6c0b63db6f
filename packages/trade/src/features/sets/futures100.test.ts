import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries, singlePanel } from "../../market/bars.ts";
import { featureContract, randomBeside } from "../featureContract.ts";
import { featureParts } from "../index.ts";
import { findIndicator } from "../indicators/registry/indicatorParts.ts";
import { randomBars } from "../randomBars.ts";
import { expectScaleFree } from "../scaleContract.ts";

const make = () => createPart(featureParts, { kind: "futures100" }, "features.0");
const feature = make();

function columnsOf(bars: BarSeries): Record<string, Float32Array> {
  const columns = feature.compute(singlePanel(bars));
  return Object.fromEntries(feature.columns.map((name, f) => [name, columns[f]!]));
}

describe("futures100", () => {
  featureContract(make, { tailTolerance: 1e-6 });

  it("has more than 100 columns and no other options", () => {
    expect(feature.columns).toHaveLength(130);
    expect(() =>
      createPart(featureParts, { kind: "futures100", period: 3 } as { kind: string }, "features.0"),
    ).toThrow(/features\.0.*period/);
  });

  it("does not see the unit of prices or of volume, on any bars", () => {
    const units = fc.constantFrom<[number, number]>([1000, 10], [1000, 1], [1, 10], [1 / 7, 1e-3]);
    fc.assert(
      fc.property(fc.nat(1000), units, (seed, [price, volume]) => {
        expectScaleFree(feature, singlePanel(randomBars(seed, 700)), { price, volume });
      }),
      { numRuns: 12 },
    );
  });

  it("has the registry's numbers in the columns that it makes with a tie of its own", () => {
    const bars = randomBars(3, 900);
    const columns = columnsOf(bars);
    const { plusDi, minusDi, adx } = findIndicator("adx").create().compute(bars);
    const { mfi } = findIndicator("mfi").create().compute(bars);
    const wanted = { plusDi14: plusDi, minusDi14: minusDi, adx14: adx, mfi14: mfi };
    for (const [name, column] of Object.entries(wanted)) {
      for (let t = 40; t < bars.length; t++) expect(columns[name]![t], name).toBeCloseTo(column![t]!, 4);
    }
  });

  it("says what a price that rises in a straight line must say", () => {
    // Rising by 1 each bar from 1000, opened at the close before, volume 5.
    const length = 700;
    const bars = allocateBars("TEST", length);
    for (let t = 0; t < length; t++) {
      bars.closeTime[t] = 20_000 * DAY_MS + (t + 1) * HOUR_MS;
      bars.open[t] = bars.low[t] = 999 + t;
      bars.close[t] = bars.high[t] = 1000 + t;
      bars.volume[t] = 5;
    }
    const columns = columnsOf(bars);
    const last = (name: string) => columns[name]![length - 1]!;
    const close = 999 + length;
    expect(last("logReturn10")).toBeCloseTo(Math.log(close / (close - 10)), 7);
    // On a straight line an average of n lags (n-1)/2 bars; a double or triple one does not lag at all.
    expect(last("smaDistance50")).toBeCloseTo(close / (close - 24.5) - 1, 7);
    expect(last("emaDistance21")).toBeCloseTo(close / (close - 10) - 1, 7);
    expect(last("demaDistance20")).toBeCloseTo(0, 7);
    expect(last("temaDistance20")).toBeCloseTo(0, 7);
    // Weights 20 ... 1 lie (20 - 1) / 3 bars back.
    expect(last("wmaDistance20")).toBeCloseTo(close / (close - 19 / 3) - 1, 7);
    expect(last("regressionSlope50")).toBeCloseTo(1 / close, 7);
    expect(last("regressionFit14")).toBeCloseTo(1, 7);
    expect(last("macdLine")).toBeCloseTo((12.5 - 5.5) / close, 7);
    expect(last("adx14")).toBeCloseTo(100, 4);
    expect(last("aroonUp25")).toBe(100);
    expect(last("aroonDown25")).toBe(0);
    expect(last("rsi28")).toBe(100);
    expect(last("williamsR14")).toBeCloseTo(0, 7);
    expect(last("mfi14")).toBe(100);
    expect(last("natr14")).toBeCloseTo(100 / close, 6);
    expect(last("donchianPosition55")).toBe(1);
    expect(last("rangeRatio14")).toBeCloseTo(1, 6);
    expect(last("bodyShare")).toBe(1);
    expect(last("gap")).toBe(0);
    expect(last("volumeRatio20")).toBe(1);
    expect(last("volumeZScore100")).toBe(0);
    expect(last("obv20")).toBe(1);
    expect(last("force20")).toBe(1);
    expect(last("cmf20")).toBe(1);
    // The typical price lies a third of a bar below the close, its mean of 20 bars 9.5 more.
    expect(last("vwapDistance20")).toBeCloseTo(close / (close - 1 / 3 - 9.5) - 1, 7);
    expect(last("highDistance250")).toBe(0);
    expect(last("lowDistance50")).toBeCloseTo(close / (close - 50) - 1, 6);
    expect(last("drawdown100")).toBe(0);
    expect(last("underwater100")).toBe(0);
    // Bar 700 ends 700 hours after midnight: 700 = 87 x 8 + 4, half of the way to the next settlement.
    expect(last("fundingSin")).toBeCloseTo(0, 6);
    expect(last("fundingCos")).toBeCloseTo(-1, 6);
  });

  it("starts anew after an impossible bar instead of taking it for a number", () => {
    const bars = randomBars(4, feature.lookback + 400);
    bars.high[300] = bars.low[300]! / 2;
    const fromClock = new Set(feature.columns.filter((name) => /^(hour|weekday|month|funding)/.test(name)));
    for (const [name, column] of Object.entries(columnsOf(bars))) {
      if (!fromClock.has(name)) expect(column[300], name).toBeNaN();
      expect(Number.isFinite(column.at(-1)!), name).toBe(true);
    }
  });
});

describe("futures100 with what stands beside the bars", () => {
  const kinds = ["funding", "mark", "openInterest"];
  const all = (config: object = {}) =>
    createPart(
      featureParts,
      { kind: "futures100", beside: kinds, besideBars: 96, ...config } as { kind: string },
      "features.0",
    );
  const whole = all();
  featureContract(() => all(), { tailTolerance: 1e-6, beside: true });

  it("adds three columns a kind to the same 130 and says what it needs", () => {
    expect(whole.columns.slice(0, 130)).toEqual(feature.columns);
    expect(whole.columns.slice(130)).toEqual([
      ...["fundingRate", "fundingMean96", "fundingZScore96"],
      ...["basis", "basisMean96", "basisZScore96"],
      ...["openInterestChange1", "openInterestChange96", "openInterestZScore96"],
    ]);
    expect(whole.needs).toEqual({ beside: kinds });
    expect(feature.needs).toEqual({ beside: [] });
    const bars = randomBars(5, 600);
    const panel = { ...singlePanel(bars), beside: randomBeside(5, bars) };
    expect(whole.compute(panel).slice(0, 130)).toEqual(feature.compute(singlePanel(bars)));
    expect(whole.lookback).toBe(feature.lookback);
    expect(all({ besideBars: 5000 }).lookback).toBe(5000);
    expect(() => all({ beside: ["funding", "funding"] })).toThrow(/names a kind twice/);
  });

  it("does not see the unit of prices, volume or contracts", () => {
    for (const seed of [1, 2, 3]) {
      const bars = randomBars(seed, 700);
      const panel = { ...singlePanel(bars), beside: randomBeside(seed, bars) };
      expectScaleFree(whole, panel, { price: 1000, volume: 1 / 7 });
    }
  });

  it("tells rate, basis and change as they are by hand, and NaN where nothing was known", () => {
    const bars = randomBars(7, 4);
    const beside = {
      funding: Float64Array.of(Number.NaN, 1e-4, 1e-4, 3e-4),
      mark: Float64Array.of(100, 100, 200, 200),
      closeAtMark: Float64Array.of(101, 101, 199, Number.NaN),
      openInterest: Float64Array.of(1000, 1100, 990, 0),
    };
    const part = all({ besideBars: 2 });
    const columns = part.compute({ ...singlePanel(bars), beside });
    const of = (name: string) => [...columns[part.columns.indexOf(name)]!];
    expect(of("fundingRate")).toEqual([Number.NaN, 1e-4, 1e-4, 3e-4].map(Math.fround));
    expect(of("fundingMean2")).toEqual([Number.NaN, Number.NaN, 1e-4, 2e-4].map(Math.fround));
    // of two values the greater lies 1 / sqrt(2) sample deviations above their mean; two alike are at rest
    expect(of("fundingZScore2").slice(2)).toEqual([0, Math.fround(Math.SQRT1_2)]);
    expect(of("basis")).toEqual([0.01, 0.01, -0.005, Number.NaN].map(Math.fround));
    expect(of("openInterestChange1")).toEqual([Number.NaN, 0.1, -0.1, -1].map(Math.fround));
    expect(of("openInterestChange2")).toEqual([Number.NaN, Number.NaN, -0.01, -1].map(Math.fround));
  });

  it("refuses a panel that does not carry what it reads", () => {
    const bars = randomBars(5, 50);
    expect(() => whole.compute(singlePanel(bars))).toThrow(/TEST come without funding.*universe\.beside/);
    const beside = { ...randomBeside(5, bars), mark: new Float64Array(49) };
    expect(() => whole.compute({ ...singlePanel(bars), beside })).toThrow(/49 rows of mark/);
  });
});
