import { describe, expect, it } from "vitest";
import { LEAN_CLOSE, LEAN_RSI14 } from "./leanNumbers.ts";
import { rsi } from "./rsi.ts";

describe("rsi", () => {
  it("gives the numbers of QuantConnect LEAN, spy_with_indicators.txt (RSI 14 Wilder)", () => {
    const index = rsi(LEAN_CLOSE, 14);
    expect([...index.subarray(0, 14)].every(Number.isNaN)).toBe(true);
    LEAN_RSI14.forEach((value, i) => {
      expect(Math.abs(index[14 + i]! / value - 1)).toBeLessThan(1e-6);
    });
  });

  it("gives the numbers of Achelis, Technical Analysis from A to Z, page 299", () => {
    const close = Float64Array.of(
      37.875,
      39.5,
      38.75,
      39.8125,
      40,
      39.875,
      40.1875,
      41.25,
      41.125,
      41.625,
      41.25,
      40.1875,
      39.9375,
      39.9375,
      40.5,
      41.9375,
      42.25,
      42.25,
      41.875,
      41.875,
    );
    const wanted = [
      76.6667, 78.8679, 84.9158, 81.4863, 84.5968, 73.0851, 49.3173, 45.0119, 45.0119, 57.9252, 75.9596,
      78.4676, 78.4676, 65.6299, 65.6299,
    ];
    const index = rsi(close, 5);
    wanted.forEach((value, i) => {
      expect(Math.abs(index[5 + i]! / value - 1)).toBeLessThan(1e-6);
    });
  });

  it("is 100 without losses, 0 without gains, 50 at rest and again at rest some time after a trade", () => {
    expect(rsi(Float64Array.of(1, 2, 3, 4), 3)[3]).toBe(100);
    expect(rsi(Float64Array.of(4, 3, 2, 1), 3)[3]).toBe(0);
    expect(rsi(new Float64Array(9).fill(7), 3)[8]).toBe(50);
    const halted = new Float64Array(400).fill(100);
    halted[0] = 99;
    expect(rsi(halted, 14)[20]).toBe(100);
    expect(rsi(halted, 14)[399]).toBe(50);
  });
});
