import { describe, expect, it } from "vitest";
import { vpt } from "./vpt.ts";

describe("vpt", () => {
  it("gives the numbers of StockCharts' spreadsheet (cs-vpt)", () => {
    const close = Float64Array.of(24.7486, 24.7088, 25.0373, 25.545, 25.0672, 25.107, 24.888, 24.9975);
    const volume = Float64Array.of(
      18730.144,
      12271.74,
      24691.414,
      18357.606,
      22964.08,
      15918.948,
      16067.044,
      16568.487,
    );
    const wanted = [
      -19.735065902716972, 308.53378968719045, 680.784654045571, 251.2588202620505, 276.5338462083084,
      136.38637195810136, 209.2829215603159,
    ];
    const trend = vpt(close, volume);
    expect(trend[0]).toBe(0);
    wanted.forEach((value, i) => {
      expect(Math.abs(trend[1 + i]! / value - 1)).toBeLessThan(1e-12);
    });
  });
});
