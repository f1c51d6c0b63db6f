import { describe, expect, it } from "vitest";
import { findIndicator } from "../registry/indicatorParts.ts";
import type { InputColumns } from "../registry/inputColumns.ts";

function compute(name: string, params: Record<string, unknown>, columns: InputColumns) {
  return findIndicator(name).create(params).compute(columns);
}

describe("futures, worked by hand", () => {
  it("funding: 1, 2, 6 basis points have a mean of 3; 6 lies 3 above it, their sample deviation is sqrt(7)", () => {
    const funding = Float64Array.of(1e-4, 2e-4, 6e-4, 6e-4, 6e-4);
    const got = compute("funding", { period: 3 }, { funding });
    expect([...got.rate!]).toEqual([...funding]);
    expect(got.rate).not.toBe(funding);
    expect(got.mean![2]).toBeCloseTo(3e-4, 15);
    expect(got.zScore![2]).toBeCloseTo(3 / Math.sqrt(7), 12);
    // three times the same rate
    expect(got.zScore![4]).toBe(0);
    expect(got.zScore!.findIndex(Number.isFinite)).toBe(2);
  });

  it("basis: a future at 101 on 100 stands 1 % above; prices that are not above 0 have none", () => {
    const close = Float64Array.of(101, 99, 100, -100, 100);
    const mark = Float64Array.of(100, 100, 100, -100, 0);
    const got = compute("basis", { period: 3 }, { close, mark });
    expect([...got.basis!]).toEqual([0.01, -0.01, 0, NaN, NaN]);
    expect(got.mean![2]).toBeCloseTo(0, 15);
    // mean 0, sample deviation .01
    expect(got.zScore![2]).toBeCloseTo(0, 12);
  });

  it("openInterest: from 100 to 110 to 99 over one bar and over two", () => {
    const openInterest = Float64Array.of(100, 110, 99, 0, 50);
    const one = compute("openInterest", { period: 2 }, { openInterest });
    expect([...one.change!]).toEqual([NaN, 0.1, -0.1, -1, NaN]);
    // changes .1 and -.1: mean 0, sample deviation sqrt(.02)
    expect(one.zScore![2]).toBeCloseTo(-0.1 / Math.sqrt(0.02), 12);
    expect(compute("openInterest", { change: 2, period: 2 }, { openInterest }).change![2]).toBeCloseTo(
      -0.01,
      15,
    );
  });

  it("says which column is missing", () => {
    expect(() => compute("basis", {}, { close: Float64Array.of(1) })).toThrow(/basis.*'mark'/);
  });
});
