import fc from "fast-check";
import { expect, it } from "vitest";
import { rollingMedian } from "./rollingMedian.ts";

it("is the middle of the window, by hand", () => {
  expect([...rollingMedian(Float64Array.of(5, 1, 4, 2, 3), 3)]).toEqual([Number.NaN, Number.NaN, 4, 2, 3]);
  expect([...rollingMedian(Float64Array.of(5, 1, 4, 2), 2)]).toEqual([Number.NaN, 3, 2.5, 3]);
  expect([...rollingMedian(Float64Array.of(1, Number.NaN, 4, 2), 2)]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
    3,
  ]);
  expect(() => rollingMedian(new Float64Array(3), 0)).toThrow(/0 bars/);
});

it("is that of sorting each window", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (values, period) => {
      const medians = rollingMedian(Float64Array.from(values), period);
      for (let t = period - 1; t < values.length; t++) {
        const window = values.slice(t - period + 1, t + 1).sort((a, b) => a - b);
        const [a, b] = [window[(period - 1) >> 1]!, window[period >> 1]!];
        expect(medians[t]).toBeCloseTo((a + b) / 2, 6);
      }
    }),
  );
});
