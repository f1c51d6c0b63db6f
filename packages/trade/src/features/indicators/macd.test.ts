import { describe, expect, it } from "vitest";
import { LEAN_CLOSE, LEAN_MACD } from "./leanNumbers.ts";
import { macd } from "./macd.ts";

describe("macd", () => {
  it("gives the line of QuantConnect LEAN, spy_with_indicators.txt (MACD 12 26)", () => {
    const { line } = macd(LEAN_CLOSE);
    expect([...line.subarray(0, 25)].every(Number.isNaN)).toBe(true);
    LEAN_MACD.forEach((value, i) => {
      expect(Math.abs(line[25 + i]! / value - 1)).toBeLessThan(1e-6);
    });
  });

  it("follows by hand with short periods", () => {
    // EMA 1 is the price; EMA 2 from the mean of two, a = 2/3; signal EMA 2 of the line.
    // x: 3 6 9 3; EMA 2: -, 4.5, 7.5, 4.5; line: -, 1.5, 1.5, -1.5; signal: -, -, 1.5, -0.5
    const { line, signal, histogram } = macd(Float64Array.of(3, 6, 9, 3), 1, 2, 2);
    expect([...line]).toEqual([NaN, 1.5, 1.5, -1.5]);
    expect(signal[1]).toBeNaN();
    expect(signal[2]).toBeCloseTo(1.5, 12);
    expect(signal[3]).toBeCloseTo(-0.5, 12);
    expect(histogram[3]).toBeCloseTo(-1, 12);
  });

  it("refuses a fast period that is not the shorter one", () => {
    expect(() => macd(LEAN_CLOSE, 26, 12)).toThrow(/fast period 26 must be shorter/);
  });
});
