import { describe, expect, it } from "vitest";
import { createPart } from "../core/parts.ts";
import { allocateBars, type BarSeries, singlePanel } from "../market/bars.ts";
import { labelParts } from "./index.ts";
import { labelContract, walkingBars } from "./labelContract.ts";

const make = (config: object = {}) => createPart(labelParts, { kind: "trendScanning", ...config }, "label");

function barsOf(...closes: number[]): BarSeries {
  const bars = allocateBars("TEST", closes.length);
  bars.close.set(closes);
  closes.forEach((_, t) => {
    bars.closeTime[t] = (t + 1) * 300_000;
  });
  return bars;
}

/** Slope over its error by the textbook's sums of squared residuals. */
function tValue(y: number[]): number {
  const n = y.length;
  const meanX = (n - 1) / 2;
  const meanY = y.reduce((a, b) => a + b) / n;
  const sxx = y.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
  const slope = y.reduce((sum, v, x) => sum + (x - meanX) * (v - meanY), 0) / sxx;
  const rss = y.reduce((sum, v, x) => sum + (v - meanY - slope * (x - meanX)) ** 2, 0);
  return slope / Math.sqrt(rss / (n - 2) / sxx);
}

describe.each([
  {},
  { minBars: 2, maxBars: 12, price: "logClose", gaps: "allow" },
  { minBars: 5, maxBars: 30, stepBars: 4, minT: 3 },
])("trendScanning %j", (config) => {
  labelContract(() => make(config));
});

describe("trendScanning", () => {
  it("gives the t-value of the slope, by hand", () => {
    // 1 2 4 at 0 1 2: slope 3/2, residuals 1/6 -1/3 1/6, their squares 1/6, error sqrt(1/6 / 1 / 2), t = 3 sqrt(3)
    const { values, knownAt } = make({ minBars: 2, maxBars: 2 }).label(singlePanel(barsOf(1, 2, 4, 2)));
    const [classes, forwardReturn, label, t, windowBars] = values.map((v) => v[0]);
    expect([classes, forwardReturn, label, windowBars]).toEqual([0, 3, 1, 2]);
    expect(t).toBeCloseTo(3 * Math.sqrt(3), 6);
    expect([...knownAt]).toEqual([900_000, 1_200_000, Infinity, Infinity]);
  });

  it("takes the window of the largest |t| of all, and knows it when the longest has ended", () => {
    const bars = walkingBars(21);
    const { values, knownAt } = make({ minBars: 4, maxBars: 18 }).label(singlePanel(bars));
    const chosen = new Set<number>();
    for (let t = 0; t < bars.length - 18; t++) {
      const tried = Array.from({ length: 15 }, (_, i) => tValue([...bars.close.subarray(t, t + i + 5)]));
      const best = tried.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
      const bars_ = tried.indexOf(best) + 4;
      expect(values[3]![t]! / best).toBeCloseTo(1, 6);
      expect([values[2]![t], values[4]![t]]).toEqual([Math.sign(best), bars_]);
      expect(values[1]![t]).toBe(Math.fround(bars.close[t + bars_]! / bars.close[t]! - 1));
      expect(knownAt[t]).toBe(bars.closeTime[t + 18]);
      chosen.add(bars_);
    }
    expect(chosen.size).toBeGreaterThan(5);
    // a price ten thousand times as high has the same trends
    const high = { ...bars, close: bars.close.map((c) => c * 1e4) };
    const scaled = make({ minBars: 4, maxBars: 18 }).label(singlePanel(high));
    expect(scaled.values[4]).toEqual(values[4]);
  });

  it("holds below minT, and a line without error is a trend of finite t", () => {
    const line = barsOf(...Array.from({ length: 30 }, (_, i) => 100 - i));
    const [classes, , label, t] = make().label(singlePanel(line)).values;
    expect([classes![0], label![0]]).toEqual([2, -1]);
    expect(t![0]).toBeLessThan(-1e6);
    expect(Number.isFinite(t![0])).toBe(true);
    const walk = make({ minT: 1e5 }).label(singlePanel(walkingBars(3)));
    expect([...walk.values[0]!.subarray(0, 181)].every((v) => v === 1)).toBe(true);
  });

  it("names a setting that cannot be", () => {
    expect(() => make({ minBars: 1 })).toThrow(/label\.minBars/);
    expect(() => make({ minBars: 30 })).toThrow(/label\.minBars: the shortest/);
    expect(() => make({ price: "open" })).toThrow(/label\.price/);
  });
});
