import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { BAR_COLUMNS, type Panel, PRICE_COLUMNS } from "../../market/bars.ts";
import { dailyPanel } from "../dailyPanel.ts";
import { clonePanel, featureContract, randomPanel } from "../featureContract.ts";
import { featureParts } from "../index.ts";

const make = (options: object = {}) =>
  createPart(featureParts, { kind: "hybridCore", ...options }, "features.0");
const CONTEXT = ["SPY", "QQQ", "VIX"];

function columnsOf(panel: Panel, feature = make()): Record<string, Float32Array> {
  const columns = feature.compute(panel);
  return Object.fromEntries(feature.columns.map((name, f) => [name, columns[f]!]));
}

describe("hybridCore", () => {
  featureContract(make, { tailTolerance: 1e-6, context: CONTEXT });

  it("has 44 columns, 46 with a sector fund, and a memory of one year", () => {
    expect(make().columns).toHaveLength(44);
    expect(make().lookback).toBe(252);
    const withSector = make({ context: ["SPY", "QQQ", "VIX", "XLK"] });
    expect(withSector.columns).toHaveLength(46);
    expect(withSector.columns.slice(0, 44)).toEqual(make().columns);
    expect(withSector.columns.slice(44)).toEqual(["beta60XLK", "relativeStrength20XLK"]);
    expect(withSector.docs.every((doc) => doc.formula !== "" && doc.source !== "")).toBe(true);
  });

  it("takes the context by name, wherever it stands in the panel, and names its columns by it", () => {
    const panel = randomPanel(4, 400, [...CONTEXT, "IWM"]);
    const [target, ...others] = panel.series;
    const wanted = columnsOf(panel);
    expect(columnsOf({ ...panel, series: [target!, ...others.toReversed()] })).toEqual(wanted);
    const other = columnsOf(panel, make({ context: ["IWM", "QQQ", "VIX"] }));
    expect(other.beta60IWM).not.toEqual(wanted.beta60SPY);
    expect(other.beta60QQQ).toEqual(wanted.beta60QQQ);
  });

  it("refuses a configuration that is none, and a panel without the instrument", () => {
    expect(() => make({ context: ["SPY", "QQQ"] })).toThrow(/features\.0\.context/);
    expect(() => make({ context: ["SPY", "QQQ", "SPY"] })).toThrow(/features\.0\.context.*twice/);
    expect(() => make({ context: ["SPY", "QQQ", ""] })).toThrow(/features\.0\.context/);
    expect(() => make({ contexts: CONTEXT })).toThrow(/contexts/);
    const sector = make({ context: [...CONTEXT, "XLE"] });
    expect(() => sector.compute(randomPanel(1, 10, CONTEXT))).toThrow(/no context 'XLE'.*SPY, QQQ, VIX/);
  });

  it("does not see the unit of the target's prices, of volume, or of an index", () => {
    const scalings: [number, number, number][] = [
      [1000, 1, 1],
      [1 / 1000, 1 / 7, 1],
      [1, 1, 1000],
    ];
    fc.assert(
      fc.property(fc.nat(100), fc.constantFrom(...scalings), (seed, [price, volume, index]) => {
        const panel = randomPanel(seed, 420, CONTEXT);
        const scaled = clonePanel(panel);
        scaled.series.forEach((bars, i) => {
          for (const name of PRICE_COLUMNS)
            bars[name].forEach((v, t, c) => {
              c[t] = v * (i === 0 ? price : index);
            });
          bars.volume.forEach((v, t, c) => {
            c[t] = v * volume;
          });
        });
        const before = columnsOf(panel);
        for (const [name, column] of Object.entries(columnsOf(scaled))) {
          // The z-score is of the logarithm, to which a unit adds a constant.
          column.forEach((value, t) => {
            const wanted = before[name]![t]!;
            const same = Number.isNaN(wanted)
              ? Number.isNaN(value)
              : Math.abs(value - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted));
            if (!same) expect.fail(`${name}[${t}]: ${value} instead of ${wanted}`);
          });
        }
      }),
      { numRuns: 6 },
    );
  });

  it("says what hand can say of a share that moves twice as much as its market, plus 0.1 % a day", () => {
    // The market gains 1 % and loses 1 % in log terms by turns; the share twice that and 0.001 more a day.
    const market = (t: number) => 300 * Math.exp(0.01 * (Math.abs(t) % 2));
    const share = (t: number) => 50 * Math.exp(0.02 * (Math.abs(t) % 2) + 0.001 * t);
    const growth = (t: number) => 200 * Math.exp(-0.01 * (Math.abs(t) % 2));
    const fear = (t: number) => (t === 300 ? 40 : 20);
    const columns = columnsOf(dailyPanel(301, { AAPL: share, SPY: market, QQQ: growth, VIX: fear }));
    const last = (name: string) => columns[name]![300]!;
    expect(last("beta60SPY")).toBeCloseTo(2, 6);
    expect(last("correlation60SPY")).toBeCloseTo(1, 6);
    expect(last("beta60QQQ")).toBeCloseTo(-2, 6);
    expect(last("correlation60QQQ")).toBeCloseTo(-1, 6);
    // Over an even number of days the turns cancel.
    expect(last("logReturn1")).toBeCloseTo(-0.019, 7);
    expect(last("logReturn5")).toBeCloseTo(-0.015, 7);
    expect(last("logReturn20")).toBeCloseTo(0.02, 7);
    expect(last("logReturn60")).toBeCloseTo(0.06, 7);
    expect(last("relativeStrength20SPY")).toBeCloseTo(0.02, 7);
    expect(last("relativeStrength60SPY")).toBeCloseTo(0.06, 7);
    expect(last("momentum252x21")).toBeCloseTo(0.231 + 0.02, 6);
    expect(last("overnightGap")).toBe(0);
    expect(last("highDistance252")).toBeCloseTo(Math.exp(-0.019) - 1, 6);
    expect(last("logReturn1SPY")).toBeCloseTo(-0.01, 7);
    expect(last("logReturn20SPY")).toBeCloseTo(0, 7);
    // +-0.01 by turns, n - 1: 0.01 sqrt(20/19)
    expect(last("volatility20SPY")).toBeCloseTo(0.01 * Math.sqrt(20 / 19), 7);
    expect(last("volatility20QQQ")).toBeCloseTo(0.01 * Math.sqrt(20 / 19), 7);
    expect(last("logChange1VIX")).toBeCloseTo(Math.LN2, 7);
    // A lone outlier among 252 stands (n - 1) / sqrt(n) deviations out.
    expect(last("zScore252VIX")).toBeCloseTo(251 / Math.sqrt(252), 5);
    // At the low of the turns the market lies below its mean, its volatility as ever.
    expect(last("trend200SPY")).toBe(-1);
    expect(columns.trend200SPY![299]).toBe(1);
    expect(last("volatilityStateSPY")).toBe(0);
    expect(last("volumeRatio20")).toBe(1);
    expect(last("placeInBar")).toBe(0);
    expect(last("bodyShare")).toBe(-1);
  });

  it("takes the day of the bar: 18,300 days after 1970 that of 2020-02-07, a Friday, has ended", () => {
    const columns = columnsOf(dailyPanel(301, { T: () => 1, SPY: () => 1, QQQ: () => 1, VIX: () => 1 }));
    expect(columns.weekdaySin![300]).toBeCloseTo(-0.4338837, 6);
    expect(columns.monthSin![300]).toBeCloseTo(0.5, 6);
  });

  it("is defined, and says nothing, in markets at rest", () => {
    const rest = () => 60;
    const panel = dailyPanel(300, { T: rest, SPY: rest, QQQ: rest, VIX: rest });
    for (const bars of panel.series) bars.volume.fill(0);
    const columns = columnsOf(panel);
    const resting: Record<string, number> = Object.fromEntries(make().columns.map((name) => [name, 0]));
    for (const name of ["volatilityRatio20x60", "rangeRatio14", "volumeRatio20", "volumeMeanRatio5x20"])
      resting[name] = 1;
    for (const name of ["stochastic14", "bollingerPercentB", "placeInBar"]) resting[name] = 0.5;
    resting.rsi14 = 50;
    for (const name of ["weekdaySin", "weekdayCos", "monthSin", "monthCos"])
      resting[name] = columns[name]![299]!;
    expect(Object.fromEntries(make().columns.map((name) => [name, columns[name]![299]!]))).toEqual(resting);
  });

  it("misses only what reads the VIX where the VIX is missing", () => {
    const panel = randomPanel(5, 420, CONTEXT);
    for (const name of BAR_COLUMNS) panel.series[3]![name][410] = Number.NaN;
    const missing = Object.entries(columnsOf(panel)).filter(([, column]) => Number.isNaN(column[410]!));
    expect(missing.map(([name]) => name)).toEqual(["zScore252VIX", "logChange1VIX"]);
  });
});
