import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rollingSum } from "./rollingSum.ts";
import { sma } from "./sma.ts";

describe("rollingSum", () => {
  it("adds up by hand", () => {
    expect([...rollingSum(Float64Array.of(1, 2, 4, 8, 16, 32, 64), 3)]).toEqual([
      NaN,
      NaN,
      7,
      14,
      28,
      56,
      112,
    ]);
    expect([...rollingSum(Float64Array.of(5, 6), 1)]).toEqual([5, 6]);
  });

  it("forgets a missing, infinite or enormous value with the window that held it", () => {
    const x = Float64Array.of(1, 1, NaN, 1, 1, 1, Infinity, 1, 1, 1, 1e300, 1, 1, 1);
    const sums = [...rollingSum(x, 3)];
    expect(sums).toEqual([NaN, NaN, NaN, NaN, NaN, 3, NaN, NaN, NaN, 3, 1e300, 1e300, 1e300, 3]);
  });

  it("equals the sum taken anew in every window", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 })),
        fc.integer({ min: 1, max: 12 }),
        (list, period) => {
          const sums = rollingSum(Float64Array.from(list), period);
          list.forEach((_, t) => {
            const window = list.slice(t - period + 1, t + 1);
            const wanted = t < period - 1 ? NaN : window.reduce((a, b) => a + b, 0);
            expect(sums[t]).toBe(wanted === 0 ? sums[t]! + 0 : wanted);
          });
        },
      ),
    );
  });

  it("refuses a period that is none", () => {
    for (const period of [0, -1, 2.5, Number.NaN])
      expect(() => rollingSum(new Float64Array(3), period)).toThrow(/period/);
  });
});

describe("sma", () => {
  it("gives the numbers of Achelis, Technical Analysis from A to Z, page 207", () => {
    const close = Float64Array.of(25, 24.875, 24.781, 24.594, 24.5, 24.625, 25.219, 27.25);
    const average = sma(close, 5);
    // Printed with three digits.
    [24.75, 24.675, 24.744, 25.238].forEach((wanted, i) => {
      expect(Math.abs(average[4 + i]! - wanted)).toBeLessThan(5.001e-4);
    });
  });
});
