import { describe, expect, it } from "vitest";
import { ema, emaLookback } from "./ema.ts";
import { LEAN_CLOSE, LEAN_SMA14 } from "./leanNumbers.ts";
import { sma } from "./sma.ts";
import { wilder, wilderLookback } from "./wilder.ts";

describe("ema", () => {
  it("gives the numbers of QuantConnect LEAN, Tests/TestData/spy_ema.csv, to all their digits", () => {
    const close = Float64Array.of(
      43.938,
      44.40625,
      45.1875,
      44.03125,
      45.21875,
      45.0625,
      44.84375,
      46.5625,
      45.9375,
      46.84375,
      46.34375,
      46.59375,
      48.21875,
      46.8125,
      44.59375,
      45.09375,
      45.8125,
      44.46875,
      45.90625,
    );
    const wanted = [
      45.71432142857143, 45.56491190476191, 45.50209031746032, 45.54347827513228, 45.40018117178131,
      45.46765701554381,
    ];
    const average = ema(close, 14);
    expect([...average.subarray(0, 13)].every(Number.isNaN)).toBe(true);
    wanted.forEach((value, i) => {
      expect(average[13 + i]! / value).toBeCloseTo(1, 13);
    });
  });

  it("has forgotten all but 1e-7 of its start after emaLookback bars", () => {
    // Two histories that differ by 1 up to the start and are equal after it.
    for (const period of [2, 8, 200]) {
      const lookback = emaLookback(period);
      const high = new Float64Array(lookback + 1);
      high.fill(1, 0, period);
      const rest = ema(high, period)[lookback]!;
      expect(rest).toBeLessThanOrEqual(1e-7);
      expect(rest).toBeGreaterThan(1e-9 * 0.1 ** (period < 3 ? 1 : 0));
    }
    // ln(1e-7) / ln(199/201) = 1611.8
    expect(emaLookback(200)).toBe(199 + 1612);
    expect(emaLookback(1)).toBe(0);
  });

  it("starts anew after a value that is missing", () => {
    const average = ema(Float64Array.of(1, 2, 3, NaN, 10, 20, 30), 3);
    expect([...average]).toEqual([NaN, NaN, 2, NaN, NaN, NaN, 20]);
  });
});

describe("sma of LEAN", () => {
  it("gives the numbers of QuantConnect LEAN, spy_with_indicators.txt", () => {
    const average = sma(LEAN_CLOSE, 14);
    LEAN_SMA14.forEach((value, i) => {
      expect(Math.abs(average[13 + i]! / value - 1)).toBeLessThan(1e-6);
    });
  });
});

describe("wilder", () => {
  it("gives the numbers of Achelis, Technical Analysis from A to Z, page 366", () => {
    const x = Float64Array.of(
      62.125,
      61.125,
      62.3438,
      65.3125,
      63.9688,
      63.4375,
      63,
      63.7812,
      63.4062,
      63.4062,
      62.4375,
      61.8438,
    );
    const average = wilder(x, 5);
    [62.975, 63.0675, 63.054, 63.1995, 63.2408, 63.2739, 63.1066, 62.854].forEach((value, i) => {
      expect(Math.abs(average[4 + i]! - value)).toBeLessThan(1e-4);
    });
  });

  it("forgets like the exponential average of 2n - 1 bars", () => {
    expect(wilderLookback(14)).toBe(emaLookback(27) - 13);
  });
});
