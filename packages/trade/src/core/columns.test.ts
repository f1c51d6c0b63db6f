import fc from "fast-check";
import { expect, test } from "vitest";
import { lowerBound, upperBound } from "./columns.ts";

const ascending = fc
  .array(fc.integer({ min: -9, max: 9 }), { maxLength: 30 })
  .map((values) => Float64Array.from(values).sort());

test("the bounds are what looking at each value in turn finds", () => {
  fc.assert(
    fc.property(ascending, fc.integer({ min: -10, max: 10 }), (values, wanted) => {
      const firstOf = (fits: (value: number) => boolean): number => {
        const index = values.findIndex(fits);
        return index < 0 ? values.length : index;
      };
      expect(lowerBound(values, wanted)).toBe(firstOf((v) => v >= wanted));
      expect(upperBound(values, wanted)).toBe(firstOf((v) => v > wanted));
    }),
  );
});

test("only the first values count when a length is given", () => {
  const values = Float64Array.of(1, 2, 2, 3, 0, 0);
  expect([lowerBound(values, 2, 4), upperBound(values, 2, 4), upperBound(values, 9, 4)]).toEqual([1, 3, 4]);
});
