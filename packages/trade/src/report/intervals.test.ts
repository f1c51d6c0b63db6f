import { describe, expect, it } from "vitest";
import { seededRandom } from "../core/random.ts";
import { drawBlocks, normalInterval, percentile, percentileInterval, wilsonInterval } from "./intervals.ts";

describe("Wilson's interval", () => {
  // Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("%d of %d", (successes, n, low, high) => {
    const interval = wilsonInterval(successes, n)!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });
  it("of nothing is null", () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

describe("percentiles", () => {
  it("are nearest ranks", () => {
    const sorted = Array.from({ length: 200 }, (_, i) => i + 1);
    expect([percentile(sorted, 0.05), percentile(sorted, 0.95), percentile(sorted, 1)]).toEqual([
      10, 190, 200,
    ]);
  });
  it("make an interval whose infinite side is null, undefined draws left out", () => {
    const draws = [
      ...Array.from({ length: 90 }, (_, i) => i),
      ...new Array(10).fill(Number.POSITIVE_INFINITY),
    ];
    expect(percentileInterval([...draws, Number.NaN], 5, "trades", "x")).toMatchObject({
      low: 2,
      high: null,
    });
    expect(percentileInterval([Number.NaN], 5, "trades", "x")).toBeNull();
  });
});

it("a normal interval is 1.96 standard errors wide on each side", () => {
  const { low, high } = normalInterval(1, 0.5, 10, "days", "x");
  expect(low).toBeCloseTo(1 - 0.97998, 5);
  expect(high).toBeCloseTo(1 + 0.97998, 5);
});

it("blocks follow on, and are n^(1/3) long in the mean", () => {
  const n = 1000;
  const random = seededRandom(4);
  let breaks = 0;
  for (let draw = 0; draw < 50; draw++) {
    const rows = drawBlocks(new Int32Array(n), random);
    for (let i = 1; i < n; i++) if (rows[i] !== (rows[i - 1]! + 1) % n) breaks += 1;
  }
  // a restart in 10, of which 1 in 1000 happens to go on
  expect(breaks / (50 * (n - 1))).toBeGreaterThan(0.09);
  expect(breaks / (50 * (n - 1))).toBeLessThan(0.11);
});
