import { describe, expect, it } from "vitest";
import { highLowRange } from "./highLowRange.ts";
import { logReturn } from "./logReturn.ts";
import { pctChange } from "./pctChange.ts";

describe("logReturn", () => {
  it("gives the numbers of QuantConnect LEAN, Tests/TestData/spy_logr14.txt", () => {
    const close = Float64Array.of(
      163.65,
      164.39,
      165.75,
      165.96,
      166.04,
      167.634,
      168.87,
      169.4,
      168.95,
      169.33,
      170.31,
      171.07,
      173.051,
      172.76,
      170.72,
      169.93,
      169.53,
    );
    const returns = logReturn(close, 14);
    expect(returns[13]).toBeNaN();
    // Their values lie up to 5e-8 off the logarithm (ln(170.72 / 163.65) = 0.0422947866), as single precision does.
    [0.04229483, 0.03314489, 0.02254927].forEach((value, i) => {
      expect(Math.abs(returns[14 + i]! / value - 1)).toBeLessThan(2e-6);
    });
  });

  it("has none where a price is not above 0, even if the ratio of two such prices is", () => {
    expect([...logReturn(Float64Array.of(-1, -2, 0, 5))]).toEqual([NaN, NaN, NaN, NaN]);
  });
});

describe("pctChange", () => {
  it("gives the numbers of StockCharts' spreadsheet (cs-roc, 12 periods, in percent)", () => {
    const close = Float64Array.of(
      11045.27,
      11167.32,
      11008.61,
      11151.83,
      10926.77,
      10868.12,
      10520.32,
      10380.43,
      10785.14,
      10748.26,
      10896.91,
      10782.95,
      10620.16,
      10625.83,
      10510.95,
    );
    const change = pctChange(close, 12);
    [-3.84879682, -4.84888048, -4.52064339].forEach((value, i) => {
      expect(Math.abs((100 * change[12 + i]!) / value - 1)).toBeLessThan(1e-8);
    });
  });

  it("has none from a base that is not above 0", () => {
    expect([...pctChange(Float64Array.of(0, 5, -5, 5))]).toEqual([NaN, NaN, -2, NaN]);
  });
});

describe("highLowRange", () => {
  it("is a share of the close, by hand, and none where high is below low", () => {
    const range = highLowRange(Float64Array.of(11, 9), Float64Array.of(9, 11), Float64Array.of(10, 10));
    expect([...range]).toEqual([0.2, NaN]);
  });
});
