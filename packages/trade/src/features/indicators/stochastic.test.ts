import { describe, expect, it } from "vitest";
import { sma } from "./sma.ts";
import { stochastic } from "./stochastic.ts";

describe("stochastic", () => {
  it("gives Achelis' bars, page 325, as Tulip Indicators works them (stoch 5 3 3 in tests/atoz.txt: %K averaged over 3)", () => {
    const high = Float64Array.of(
      ...[34.375, 34.75, 34.2188, 33.8281, 33.4375, 33.4688, 34.375, 34.7188, 34.625, 34.9219, 34.9531],
      ...[35.0625, 34.7812, 34.3438, 34.5938, 34.3125, 34.25, 34.1875, 33.7812, 33.8125, 33.9688, 33.875],
      ...[34.0156, 33.5312],
    );
    const low = Float64Array.of(
      ...[33.5312, 33.9062, 33.6875, 33.25, 33, 32.9375, 33.25, 34.0469, 33.9375, 34.0625, 34.4375, 34.5938],
      ...[
        33.7656, 33.2188, 33.9062, 32.6562, 32.75, 33.1562, 32.8594, 33, 33.2969, 33.2812, 33.0312, 33.0156,
      ],
    );
    const close = Float64Array.of(
      ...[34.3125, 34.125, 33.75, 33.6406, 33.0156, 33.0469, 34.2969, 34.1406, 34.5469, 34.3281, 34.8281],
      ...[34.875, 33.7812, 34.2031, 34.4844, 32.6719, 34.0938, 33.2969, 33.0625, 33.7969, 33.3281, 33.875],
      ...[33.1094, 33.1875],
    );
    // Tulip leaves out two more rows, until its %D is there.
    const wanted = [
      ...[84.1524, 75.989, 84.3623, 82.0235, 59.0655, 45.9745, 41.0782, 40.8947, 45.6496, 33.7903, 40.5626],
      ...[40.9688, 42.7932, 61.2935, 45.5442, 38.8516],
    ];
    const slow = sma(stochastic(high, low, close, 5), 3);
    expect(slow.findIndex((v) => !Number.isNaN(v))).toBe(6);
    wanted.forEach((value, i) => {
      expect(100 * slow[8 + i]!).toBeCloseTo(value, 3);
    });
  });

  it("is one half at rest, and stays in 0..1 when the close lies outside the range", () => {
    const flat = new Float64Array(5).fill(42.1);
    expect([...stochastic(flat, flat, flat, 3)]).toEqual([NaN, NaN, 0.5, 0.5, 0.5]);
    const high = Float64Array.of(2, 2, 2);
    const low = Float64Array.of(1, 1, 1);
    expect([...stochastic(high, low, Float64Array.of(3, 0.5, 1.25), 1)]).toEqual([1, 0, 0.25]);
  });
});
