import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS } from "../core/time.ts";
import {
  annualised,
  deepestDrawdown,
  downsideDeviation,
  momentsOf,
  periodReturns,
  sharpeRatio,
  sortinoRatio,
} from "./returns.ts";

// stefan-jansen/empyrical-reloaded, tests/test_stats.py (Apache-2.0): 252 days a year; its leading NaN left out.
const mixed = Float64Array.of(0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1);
const positive = Float64Array.of(0.01, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01);
const negative = Float64Array.of(0, -0.06, -0.07, -0.01, -0.09, -0.02, -0.06, -0.08, -0.05);
const allNegative = Float64Array.of(-0.02, -0.06, -0.07, -0.01, -0.09, -0.02, -0.06, -0.08, -0.05);
const daily = (returns: Float64Array) => ({ returns, periodsPerYear: 252 });
const curve = (returns: Float64Array): number[] => {
  let value = 1;
  return Array.from(returns, (r) => {
    value *= 1 + r;
    return value;
  });
};

describe("empyrical's cases", () => {
  it("sharpe_ratio", () => {
    expect(sharpeRatio(daily(mixed))).toBeCloseTo(1.7238613961706866, 12);
    expect(sharpeRatio(daily(positive))).toBeCloseTo(52.915026221291804, 10);
    expect(sharpeRatio(daily(negative))).toBeCloseTo(-24.406808633910085, 11);
  });

  it("is null, not infinite, where nothing varies", () => {
    expect(sharpeRatio(daily(new Float64Array(9).fill(0.01)))).toBeNull();
    expect(sharpeRatio(daily(Float64Array.of(0.01)))).toBeNull();
    expect(sortinoRatio(daily(positive))).toBeNull();
    expect(momentsOf([])).toBeNull();
  });

  it("downside_risk, and the Sortino ratio on it", () => {
    expect(downsideDeviation(daily(mixed))).toBeCloseTo(0.6044832503882965, 12);
    // mean 0.05 / 8 a day
    expect(sortinoRatio(daily(mixed))).toBeCloseTo((0.00625 * 252) / 0.6044832503882965, 10);
    const weekly = Float64Array.of(0, 0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1);
    expect(downsideDeviation({ returns: weekly, periodsPerYear: 52 })).toBeCloseTo(0.25888650451930134, 12);
  });

  it("max_drawdown, as a positive fraction", () => {
    expect(deepestDrawdown(curve(mixed), 1).depth).toBeCloseTo(0.1, 12);
    expect(deepestDrawdown(curve(negative), 1).depth).toBeCloseTo(0.3659073, 7);
    expect(deepestDrawdown(curve(allNegative), 1).depth).toBeCloseTo(0.378589157, 9);
    expect(deepestDrawdown(curve(positive), 1)).toEqual({
      depth: 0,
      peak: null,
      trough: null,
      recovery: null,
    });
  });

  it("annual_ret: nine weekly and monthly returns of 3.893 % in all", () => {
    const total = 0.03893109170048015;
    expect(annualised(total, 9 / 52)).toBeCloseTo(0.24690830513998208, 12);
    expect(annualised(total, 9 / 12)).toBeCloseTo(0.052242061386048144, 12);
    expect(annualised(-1, 2)).toBe(-1);
    expect(annualised(1e10, 1e-4)).toBeNull();
  });
});

describe("the moments of 2, 4, 4, 4, 5, 5, 7, 9", () => {
  // mean 5, squared deviations 9 1 1 1 0 0 4 16: variance 4; third 42/8 / 8; fourth 356/8 / 16
  it("by hand", () => {
    const moments = momentsOf([2, 4, 4, 4, 5, 5, 7, 9])!;
    expect(moments.mean).toBeCloseTo(5, 12);
    expect(moments.deviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(moments.skewness).toBeCloseTo(0.65625, 12);
    expect(moments.kurtosis).toBeCloseTo(2.78125, 12);
  });
});

describe("a drawdown", () => {
  it("has its peak, its trough and the first row that is back at the peak", () => {
    expect(deepestDrawdown([100, 120, 90, 110, 120, 118], 100)).toEqual({
      depth: 0.25,
      peak: 1,
      trough: 2,
      recovery: 4,
    });
  });
  it("may start at the initial equity and not end", () => {
    expect(deepestDrawdown([95, 90, 99], 100)).toMatchObject({ peak: -1, trough: 1, recovery: null });
  });
});

describe("periods of a curve", () => {
  it("are UTC days; the bar that closes at midnight ends its day", () => {
    const hours = Array.from({ length: 48 }, (_, i) => (i + 1) * HOUR_MS);
    const equity = Float64Array.from(hours, (t) => (t <= DAY_MS ? 110 : 121));
    const { returns, periodsPerYear } = periodReturns(Float64Array.from(hours), equity, 100, HOUR_MS);
    expect(Array.from(returns, (r) => Number(r.toFixed(12)))).toEqual([0.1, 0.1]);
    expect(periodsPerYear).toBe(365);
  });
  it("longer than a day are bars", () => {
    const week = 7 * DAY_MS;
    const { returns, periodsPerYear } = periodReturns(
      Float64Array.of(week, 2 * week),
      Float64Array.of(50, 75),
      100,
      week,
    );
    expect([...returns]).toEqual([-0.5, 0.5]);
    expect(periodsPerYear).toBeCloseTo(365 / 7, 12);
  });
});
