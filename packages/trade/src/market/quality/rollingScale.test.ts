import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { robustScale, rollingScale, sigmasFromBothSides } from "./rollingScale.ts";

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

describe("robust scale", () => {
  test("median and 1.4826 x median absolute deviation of eight numbers", () => {
    // 1 1 2 2 4 6 9: median 2, deviations 1 1 0 0 2 4 7, their median 1 (the example of Wikipedia, Median absolute deviation)
    expect(robustScale(Float64Array.of(1, 1, 2, 2, 4, 6, 9))).toEqual({ middle: 2, sigma: 1.4826 });
  });

  test("the mean deviation where over half of the values are the same; 0 where all are", () => {
    // one value of five lies 10 off: mean deviation 2
    expect(robustScale(Float64Array.of(3, 3, 3, 3, 13)).sigma).toBeCloseTo(1.2533 * 2, 12);
    expect(robustScale(Float64Array.of(7, 7, 7))).toEqual({ middle: 7, sigma: 0 });
  });

  test("rolling: the same as each window by itself", () => {
    const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 25 }), (values, size) => {
        const rolled = rollingScale(Float64Array.from(values), size);
        expect(rolled.sigma.length).toBe(Math.max(0, values.length - size + 1));
        rolled.middle.forEach((value, i) => {
          const window = values.slice(i, i + size);
          const middle = median(window);
          const mad = median(window.map((v) => Math.abs(v - middle)));
          const mean = window.reduce((sum, v) => sum + Math.abs(v - middle), 0) / size;
          expect(value).toBe(middle);
          expect(rolled.sigma[i]).toBeCloseTo(mad > 0 ? 1.4826 * mad : 1.2533 * mean, 12);
        });
      }),
    );
  });

  test("both sides: the smaller distance, one side at the ends, the whole where both are too short", () => {
    // before: 1 0 -1 (median 0, sigma 1.4826); after: 3 0 -3 (sigma 4.4478)
    const values = Float64Array.of(1, 0, -1, 30, 3, 0, -3);
    const sigmas = sigmasFromBothSides(values, 3, 0);
    expect(sigmas[3]).toBeCloseTo(30 / (3 * 1.4826), 12);
    expect(sigmasFromBothSides(values, 3, 10)[3]).toBe(3);
    // the last one has the three before it only: 30 3 0, median 3, deviations 27 0 3
    expect(sigmas[6]).toBeCloseTo(6 / (3 * 1.4826), 12);
    // sorted -3 -1 0 0 1 3 30: median 0, deviations 0 0 1 1 3 3 30
    expect(sigmasFromBothSides(values, 50, 0)[3]).toBeCloseTo(30 / 1.4826, 12);
  });
});
