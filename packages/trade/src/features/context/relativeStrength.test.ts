import { describe, expect, it } from "vitest";
import { relativeStrength } from "./relativeStrength.ts";

describe("relativeStrength", () => {
  it("is what a share gained beyond its index, by hand", () => {
    // share 100 -> 121 while the index goes 50 -> 55: ln 1.21 - ln 1.10 = ln 1.10
    const strength = relativeStrength(Float64Array.of(100, 90, 121), Float64Array.of(50, 60, 55), 2);
    expect([...strength.subarray(0, 2)]).toEqual([NaN, NaN]);
    expect(strength[2]).toBeCloseTo(0.0953101798, 10);
  });

  it("is 0 against itself, NaN with a hole or a price that is none, nothing for nothing", () => {
    const close = Float64Array.of(5, 6, 7, Number.NaN, 8, 9, 0, 9);
    expect([...relativeStrength(close, close, 1)]).toEqual([NaN, 0, 0, NaN, NaN, 0, NaN, NaN]);
    expect(relativeStrength(new Float64Array(0), new Float64Array(0), 1)).toHaveLength(0);
    expect([...relativeStrength(Float64Array.of(5), Float64Array.of(5), 3)]).toEqual([NaN]);
    expect(() => relativeStrength(close, new Float64Array(1), 1)).toThrow(/8 and 1 rows/);
  });
});
