import { describe, expect, it } from "vitest";
import { bollinger } from "./bollinger.ts";

describe("bollinger", () => {
  // StockCharts' worked spreadsheet of Bollinger bands (cs-bbands), 2009-05-01 to 2009-06-05.
  const close = Float64Array.of(
    86.1557,
    89.0867,
    88.7829,
    90.3228,
    89.0671,
    91.1453,
    89.4397,
    89.175,
    86.9302,
    87.6752,
    86.9596,
    89.4299,
    89.3221,
    88.7241,
    87.4497,
    87.2634,
    89.4985,
    87.9006,
    89.126,
    90.7043,
    92.9001,
    92.9784,
    91.8021,
    92.6647,
    92.6843,
  );
  const wanted = [
    [88.70794, 91.291862, 86.124018, 5.825685, 0.886304],
    [89.04516, 91.949268, 86.141052, 6.522775, 1.163705],
    [89.239745, 92.612595, 85.866895, 7.559076, 1.054228],
    [89.390705, 92.9342, 85.84721, 7.928105, 0.840257],
    [89.5078, 93.31195, 85.70365, 8.500153, 0.914928],
    [89.68866, 93.72845, 85.64887, 9.008474, 0.870767],
  ] as const;

  it("gives the numbers of StockCharts' spreadsheet", () => {
    const bands = bollinger(close, 20, 2);
    expect(bands.upper[18]).toBeNaN();
    wanted.forEach(([middle, upper, lower, widthPercent, percentB], i) => {
      const t = 19 + i;
      const ratios = [
        bands.middle[t]! / middle,
        bands.upper[t]! / upper,
        bands.lower[t]! / lower,
        (100 * bands.width[t]!) / widthPercent,
        bands.percentB[t]! / percentB,
      ];
      for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(1e-6);
    });
  });

  it("puts a price at rest in the middle", () => {
    const bands = bollinger(new Float64Array(30).fill(60_000.1));
    expect([bands.percentB[29], bands.width[29]]).toEqual([0.5, 0]);
  });

  it("refuses deviations that are none", () => {
    for (const k of [0, -2, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => bollinger(close, 20, k)).toThrow(/deviations/);
    }
  });
});
