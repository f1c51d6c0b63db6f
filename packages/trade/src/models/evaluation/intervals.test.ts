import { describe, expect, it } from "vitest";
import { meanShareInterval, wilsonInterval } from "./intervals.ts";

describe("wilsonInterval", () => {
  it.each([
    // Newcombe, Statistics in Medicine 1998, 17:857-872, table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i in %i is Newcombe's %f to %f", (hits, n, low, high) => {
    const interval = wilsonInterval(hits, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it("says nothing without rows", () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe("meanShareInterval", () => {
  it("is Wilson's own interval for one share", () => {
    const alone = wilsonInterval(81, 263);
    const mean = meanShareInterval([{ hits: 81, n: 263 }]);
    expect(mean.low).toBeCloseTo(alone.low, 12);
    expect(mean.high).toBeCloseTo(alone.high, 12);
  });

  it("joins the distances of two shares as the root of their squares, halved, by hand", () => {
    // Newcombe's 0/20 and 1/29: means 0 and 0.0345, distances above 0.1611 and 0.1373, below 0 and 0.0284.
    const { low, high } = meanShareInterval([
      { hits: 0, n: 20 },
      { hits: 1, n: 29 },
    ]);
    const mean = 1 / 29 / 2;
    expect(low).toBeCloseTo(mean - (1 / 29 - 0.0061) / 2, 4);
    expect(high).toBeCloseTo(mean + Math.hypot(0.1611, 0.1718 - 1 / 29) / 2, 4);
  });

  it("has a width where a rare class was never hit", () => {
    const { low, high } = meanShareInterval([
      { hits: 0, n: 8 },
      { hits: 1000, n: 1000 },
    ]);
    expect(high - low).toBeGreaterThan(0.1);
    expect(meanShareInterval([])).toEqual({ low: 0, high: 1 });
  });
});
