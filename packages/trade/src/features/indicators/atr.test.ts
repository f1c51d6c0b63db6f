import { describe, expect, it } from "vitest";
import { atr, trueRange } from "./atr.ts";

// StockCharts' worked spreadsheet of the average true range (cs-atr), 2010-04-01 to 2010-05-13.
const bars = [
  [48.7, 47.79, 48.16],
  [48.72, 48.14, 48.61],
  [48.9, 48.39, 48.75],
  [48.87, 48.37, 48.63],
  [48.82, 48.24, 48.74],
  [49.05, 48.635, 49.03],
  [49.2, 48.94, 49.07],
  [49.35, 48.86, 49.32],
  [49.92, 49.5, 49.91],
  [50.19, 49.87, 50.13],
  [50.12, 49.2, 49.53],
  [49.66, 48.9, 49.5],
  [49.88, 49.43, 49.75],
  [50.19, 49.725, 50.03],
  [50.36, 49.26, 50.31],
  [50.57, 50.09, 50.52],
  [50.65, 50.3, 50.41],
  [50.43, 49.21, 49.34],
  [49.63, 48.98, 49.37],
  [50.33, 49.61, 50.23],
  [50.29, 49.2, 49.2375],
] as const;
const [high, low, close] = ([0, 1, 2] as const).map((i) => Float64Array.from(bars, (bar) => bar[i])) as [
  Float64Array,
  Float64Array,
  Float64Array,
];

describe("atr", () => {
  it("gives the numbers of StockCharts' spreadsheet", () => {
    const wanted = [
      0.555, 0.5939285714, 0.5857908163, 0.5689486152, 0.6154522855, 0.6179199794, 0.6423542666, 0.6743289618,
    ];
    const average = atr(high, low, close, 14);
    expect([...average.subarray(0, 13)].every(Number.isNaN)).toBe(true);
    wanted.forEach((value, i) => {
      expect(Math.abs(average[13 + i]! / value - 1)).toBeLessThan(1e-9);
    });
  });

  it("takes a gap from the close before into the range, and high minus low where there is none", () => {
    const ranges = trueRange(
      Float64Array.of(12, 20, 9),
      Float64Array.of(10, 18, 7),
      Float64Array.of(11, 19, 8),
    );
    expect([...ranges]).toEqual([2, 9, 12]);
    const holed = trueRange(
      Float64Array.of(12, NaN, 9),
      Float64Array.of(10, NaN, 7),
      Float64Array.of(11, NaN, 8),
    );
    expect([...holed]).toEqual([2, NaN, 2]);
  });
});
