import { describe, expect, it } from "vitest";
import { createPart } from "../core/parts.ts";
import { allocateBars, type BarSeries, singlePanel } from "../market/bars.ts";
import { labelParts } from "./index.ts";
import { labelContract, walkingBars } from "./labelContract.ts";
import { trailingDeviation } from "./trailingDeviation.ts";

const make = (config: object = {}) => createPart(labelParts, { kind: "threeClass", ...config }, "label");

function barsOf(...closes: number[]): BarSeries {
  const bars = allocateBars("TEST", closes.length);
  bars.close.set(closes);
  closes.forEach((_, t) => {
    bars.closeTime[t] = (t + 1) * 300_000;
  });
  return bars;
}

describe.each([
  { horizonBars: 1 },
  { horizonBars: 12 },
  { horizonBars: 3, gaps: "allow" },
  { horizonBars: 4, threshold: { kind: "volatility", multiple: 1, windowBars: 20 } },
])("threeClass %j", (config) => {
  labelContract(() => make(config));
});

describe("threeClass", () => {
  it("calls more than half a percent up BUY, down SELL, and the rest HOLD, by hand", () => {
    const { values, knownAt } = make().label(singlePanel(barsOf(100, 100.4, 101, 100.8, 100, 100)));
    // +0.4 %, +0.597 %, -0.198 %, -0.794 %, 0
    expect([...values[0]!]).toEqual([1, 0, 1, 2, 1, NaN]);
    expect(values[1]![1]).toBeCloseTo(101 / 100.4 - 1, 7);
    expect([...knownAt]).toEqual([2, 3, 4, 5, 6, Infinity].map((bar) => bar * 300_000));
  });

  it("holds at the threshold itself", () => {
    const config = { threshold: { kind: "fixed", value: 0.5 } };
    expect([...make(config).label(singlePanel(barsOf(100, 150, 75, 75.1))).values[0]!]).toEqual([
      1,
      1,
      1,
      NaN,
    ]);
  });

  it("looks `horizonBars` ahead", () => {
    const { values, knownAt } = make({ horizonBars: 2 }).label(singlePanel(barsOf(100, 90, 110, 90)));
    expect([...values[0]!]).toEqual([0, 1, NaN, NaN]);
    expect(knownAt[0]).toBe(900_000);
  });

  it("scales a volatility threshold by the deviation known at the row and by the root of the horizon", () => {
    const bars = walkingBars(11);
    const [windowBars, horizonBars, multiple] = [10, 4, 0.7];
    const config = { horizonBars, threshold: { kind: "volatility", multiple, windowBars } };
    const { values } = make(config).label(singlePanel(bars));
    const returns = [...bars.close].map((c, t) => (t === 0 ? NaN : Math.log(c / bars.close[t - 1]!)));
    let rows = 0;
    for (let t = windowBars; t < bars.length - horizonBars; t++) {
      const window = returns.slice(t - windowBars + 1, t + 1);
      const mean = window.reduce((a, b) => a + b) / windowBars;
      const variance = window.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (windowBars - 1);
      const limit = multiple * Math.sqrt(variance) * 2;
      const outcome = bars.close[t + horizonBars]! / bars.close[t]! - 1;
      expect(values[0]![t]).toBe(outcome > limit ? 0 : outcome < -limit ? 2 : 1);
      rows++;
    }
    expect(rows).toBe(186);
    // Ten returns need eleven bars.
    expect(Number.isNaN(values[0]![9]!)).toBe(true);
    expect(new Set(values[0]!.subarray(10, 196)).size).toBe(3);
  });

  it("gives no label across missing bars, unless the market has sessions", () => {
    const bars = barsOf(100, 101, 102, 103, 104, 105);
    for (let t = 3; t < 6; t++) bars.closeTime[t]! += 600_000;
    const strict = make({ horizonBars: 2 }).label(singlePanel(bars));
    expect([...strict.values[0]!]).toEqual([0, NaN, NaN, 0, NaN, NaN]);
    expect(strict.knownAt[1]).toBe(Infinity);
    // The hole may be the very first step: the usual one counts.
    const early = barsOf(100, 101, 102, 103, 104);
    early.closeTime[0]! -= 600_000;
    expect([...make().label(singlePanel(early)).values[0]!]).toEqual([NaN, 0, 0, 0, NaN]);
    const sessions = make({ horizonBars: 2, gaps: "allow" }).label(singlePanel(bars));
    expect([...sessions.values[0]!]).toEqual([0, 0, 0, 0, NaN, NaN]);
    expect(sessions.knownAt[1]).toBe(bars.closeTime[3]);
  });

  it("has the seed's settings by default and names a setting that cannot be", () => {
    expect(make().columns).toEqual(["class", "forwardReturn"]);
    expect(make().horizonBars).toBe(1);
    expect(() => make({ horizonBars: 0 })).toThrow(/label\.horizonBars/);
    expect(() => make({ threshold: { kind: "fixed", value: -1 } })).toThrow(/label\.threshold\.value/);
    expect(() => make({ threshold: { kind: "volatility", multiple: 1 } })).toThrow(
      /label\.threshold\.windowBars/,
    );
    expect(() => make({ horizon: 3 })).toThrow(/horizon/);
  });
});

describe("trailingDeviation", () => {
  it("follows by hand, and a missing value costs the windows that hold it", () => {
    const s = trailingDeviation(Float64Array.of(1, 3, 5, NaN, 2, 2, 2), 2);
    expect([...s]).toEqual([NaN, Math.SQRT2, Math.SQRT2, NaN, NaN, 0, 0]);
  });
});
