import { describe, expect, it } from "vitest";
import { obv, signedVolume } from "./obv.ts";

describe("obv", () => {
  it("gives the numbers of Achelis, Technical Analysis from A to Z, page 231", () => {
    const close = Float64Array.of(
      20.5625,
      20.375,
      20.0625,
      19.5,
      19.8125,
      19.8125,
      20.0625,
      20.0625,
      20.375,
      20.75,
    );
    const volume = Float64Array.of(27802, 16178, 22766, 46074, 22904, 20428, 29260, 30652, 38332, 40054);
    expect([...obv(close, volume)]).toEqual([
      0, -16178, -38944, -85018, -62114, -62114, -32854, -32854, 5478, 45532,
    ]);
  });

  it("gives the numbers of StockCharts' spreadsheet (cs-obv)", () => {
    const close = Float64Array.of(53.26, 53.3, 53.32, 53.72, 54.19, 53.92, 54.65, 54.6, 54.21);
    const volume = Float64Array.of(0, 8200, 8100, 8300, 8900, 9200, 13300, 10300, 9900);
    expect([...obv(close, volume)]).toEqual([0, 8200, 16300, 24600, 33500, 24300, 37600, 27300, 17400]);
  });

  it("starts again after a bar that is missing, and marks it", () => {
    const close = Float64Array.of(1, 2, NaN, 3, 4);
    expect([...obv(close, Float64Array.of(10, 10, NaN, 10, 10))]).toEqual([0, 10, NaN, 0, 10]);
    expect([...signedVolume(close, Float64Array.of(10, 10, 10, 10, NaN))]).toEqual([NaN, 10, NaN, NaN, NaN]);
  });

  it("refuses columns of different lengths", () => {
    expect(() => obv(new Float64Array(3), new Float64Array(2))).toThrow(/3 and 2 rows/);
  });
});
