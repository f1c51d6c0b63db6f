import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { allocateBars, type BarSeries, singlePanel } from "../../market/bars.ts";
import { cloneBars, featureContract } from "../featureContract.ts";
import { featureParts } from "../index.ts";
import { randomBars } from "../randomBars.ts";

const make = () => createPart(featureParts, { kind: "orionquant38" }, "features.0");
const feature = make();

function columnsOf(bars: BarSeries): Record<string, Float32Array> {
  const columns = feature.compute(singlePanel(bars));
  return Object.fromEntries(feature.columns.map((name, f) => [name, columns[f]!]));
}

describe("orionquant38", () => {
  featureContract(make, { tailTolerance: 1e-6 });

  it("has exactly 38 columns and refuses options that it does not have", () => {
    expect(feature.columns).toHaveLength(38);
    expect(() =>
      createPart(featureParts, { kind: "orionquant38", period: 3 } as { kind: string }, "features.0"),
    ).toThrow(/features\.0.*period/);
  });

  it.each([1000, 1 / 1000, 7])("does not see the unit of prices (times %f) or of volume", (factor) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (seed) => {
        const bars = randomBars(seed, 600);
        const scaled = cloneBars(bars);
        for (const name of ["open", "high", "low", "close"] as const) {
          scaled[name].forEach((value, t) => {
            scaled[name][t] = value * factor;
          });
        }
        scaled.volume.forEach((value, t) => {
          scaled.volume[t] = value / factor;
        });
        const before = columnsOf(bars);
        for (const [name, column] of Object.entries(columnsOf(scaled))) {
          column.forEach((value, t) => {
            const wanted = before[name]![t]!;
            if (Number.isNaN(wanted)) expect(value, `${name}[${t}]`).toBeNaN();
            else if (!(Math.abs(value - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted)))) {
              expect.fail(`${name}[${t}]: ${value} instead of ${wanted}`);
            }
          });
        }
      }),
      { numRuns: 5 },
    );
  });

  it("takes the columns that hand can follow from the bars they name", () => {
    // Two bars, by hand: 100 -> 110 in a bar from 104 (open) between 100 and 112, volume 30 after 10.
    const bars = allocateBars("TEST", 2);
    bars.open.set([99, 104]);
    bars.high.set([101, 112]);
    bars.low.set([98, 100]);
    bars.close.set([100, 110]);
    bars.volume.set([10, 30]);
    const columns = columnsOf(bars);
    const last = (name: string) => columns[name]![1]!;
    expect(last("logReturn1")).toBeCloseTo(0.0953101798, 7);
    expect(last("pctChange1")).toBeCloseTo(0.1, 7);
    expect(last("highLowRange")).toBeCloseTo(12 / 110, 7);
    expect(last("placeInBar")).toBeCloseTo(10 / 12, 7);
    expect(last("bodyShare")).toBeCloseTo(6 / 12, 7);
    expect(last("volumeChange1")).toBeCloseTo(20 / 40, 7);
    expect(last("logReturn2")).toBeNaN();
  });

  it("says what a price that doubles in a straight line must say", () => {
    // 400 bars rising by 1 each from 1000, volume 5: every bar gains, every volume is its own mean.
    const bars = allocateBars("TEST", 400);
    for (let t = 0; t < 400; t++) {
      bars.closeTime[t] = t;
      bars.open[t] = bars.low[t] = 999 + t;
      bars.close[t] = bars.high[t] = 1000 + t;
      bars.volume[t] = 5;
    }
    const columns = columnsOf(bars);
    const last = (name: string) => columns[name]![399]!;
    const close = 1399;
    expect(last("rsi14")).toBe(100);
    expect(last("obv20")).toBe(1);
    expect(last("volumeRatio20")).toBe(1);
    expect(last("volumeMeanRatio20x50")).toBe(1);
    expect(last("atr14")).toBeCloseTo(1 / close, 7);
    expect(last("rangeRatio14")).toBeCloseTo(1, 6);
    // On a straight line an average of n lags (n-1)/2 bars, exponential or simple; population deviation of 0..19.
    expect(last("emaDistance8")).toBeCloseTo(close / (close - 3.5) - 1, 7);
    expect(last("bollingerMiddleDistance")).toBeCloseTo(close / (close - 9.5) - 1, 7);
    expect(last("bollingerWidth")).toBeCloseTo((4 * Math.sqrt((400 - 1) / 12)) / (close - 9.5), 7);
    expect(last("macdLine")).toBeCloseTo((12.5 - 5.5) / close, 7);
    // sum of 1/c[-1] over the last 20 bars, a twentieth of it: the volume is constant.
    const mean = Array.from({ length: 20 }, (_, i) => 1 / (close - 1 - i)).reduce((a, b) => a + b) / 20;
    expect(last("vpt20")).toBeCloseTo(mean, 9);
  });

  it("is defined, and says nothing, in a market at rest", () => {
    const bars = allocateBars("TEST", 300);
    for (const name of ["open", "high", "low", "close"] as const) bars[name].fill(60_000);
    const columns = columnsOf(bars);
    const last = Object.fromEntries(feature.columns.map((name) => [name, columns[name]![299]!]));
    const resting = Object.fromEntries(feature.columns.map((name) => [name, 0]));
    const ones = ["volumeRatio20", "volumeRatio50", "volumeMeanRatio5x20", "volumeMeanRatio20x50"];
    for (const name of [...ones, "volatilityRatio", "rangeRatio14"]) resting[name] = 1;
    expect(last).toEqual({ ...resting, rsi14: 50, bollingerPercentB: 0.5, placeInBar: 0.5 });
  });

  it("starts anew after an impossible bar instead of taking it for a number", () => {
    const bars = randomBars(4, 700);
    bars.high[300] = bars.low[300]! / 2;
    const columns = columnsOf(bars);
    for (const [name, column] of Object.entries(columns)) expect(column[300], name).toBeNaN();
    const fresh = columnsOf(randomBars(4, 700));
    expect(columns.emaDistance200![499]).toBeNaN();
    expect(Number.isFinite(columns.emaDistance200![500]!)).toBe(true);
    expect(columns.logReturn1![302]).toBe(fresh.logReturn1![302]);
    for (const [name, column] of Object.entries(columns))
      expect(Number.isFinite(column[699]!), name).toBe(true);
  });

  it("names what is wrong with a panel without bars or with columns of different lengths", () => {
    expect(() => feature.compute({ length: 0, closeTime: new Float64Array(0), series: [] })).toThrow(
      /no instrument/,
    );
    const bars = { ...randomBars(1, 10), close: new Float64Array(9) };
    expect(() => feature.compute(singlePanel(bars))).toThrow(/9 rows of close in a panel of 10/);
  });
});
