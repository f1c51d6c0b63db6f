import { describe, expect, it } from "vitest";
import { trendSign, volatilityState } from "./marketRegime.ts";

describe("trendSign", () => {
  it("says on which side of its mean the close lies, by hand", () => {
    // Means of 3: -, -, 2, 3, 3, 8/3, 7/3, 7/3
    const close = Float64Array.of(1, 2, 3, 4, 2, 2, 3, 2);
    expect([...trendSign(close, 3)]).toEqual([NaN, NaN, 1, 1, -1, -1, 1, -1]);
  });

  it("is 0 at rest, where the mean's rounding must not count, and NaN with a hole", () => {
    expect([...trendSign(new Float64Array(6).fill(42.1), 3)].slice(2)).toEqual([0, 0, 0, 0]);
    expect([...trendSign(Float64Array.of(1, NaN, 2, 3, 4), 3)]).toEqual([NaN, NaN, NaN, NaN, 1]);
  });
});

describe("volatilityState", () => {
  it("compares the last returns with the usual ones, by hand", () => {
    // Alternating +-1 keeps deviations of 2 and of 6 apart: sqrt(2) and sqrt(6/5) = 1.29 times smaller -> stress.
    const wild = Float64Array.of(1, -1, 1, -1, 1, -1);
    expect(volatilityState(wild, 2, 6)[5]).toBe(1);
    // Over 4: sqrt(4/3), 1.054 times the usual: neither.
    expect(volatilityState(wild, 4, 6)[5]).toBe(0);
    // The last two are alike: no deviation at all, calm.
    expect(volatilityState(Float64Array.of(1, -1, 1, -1, 0.5, 0.5), 2, 6)[5]).toBe(-1);
    expect([...volatilityState(wild, 2, 6).subarray(0, 5)]).toEqual([NaN, NaN, NaN, NaN, NaN]);
  });

  it("is 0 in a market at rest", () => {
    expect(volatilityState(new Float64Array(6), 2, 6)[5]).toBe(0);
  });
});
