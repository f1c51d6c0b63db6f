import { describe, expect, it } from "vitest";
import { zScore } from "./zScore.ts";

describe("zScore", () => {
  it("follows by hand: 2 4 4 4 5 5 7 9 has mean 5 and sample deviation sqrt(32/7)", () => {
    const z = zScore(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9), 8);
    expect(z[6]).toBeNaN();
    expect(z[7]).toBeCloseTo(4 / Math.sqrt(32 / 7), 12);
  });

  it("reaches its bound (n - 1) / sqrt(n) at a lone outlier, is 0 at rest, and is free of scale", () => {
    const x = Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 5);
    expect(zScore(x, 9)[8]).toBeCloseTo(8 / 3, 12);
    expect([...zScore(new Float64Array(4).fill(0.1), 3)]).toEqual([NaN, NaN, 0, 0]);
    expect(
      zScore(
        x.map((v) => 1e6 * v),
        9,
      )[8],
    ).toBeCloseTo(8 / 3, 12);
  });
});
