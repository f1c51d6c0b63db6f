import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extremeAge } from "./extremeAge.ts";

describe("extremeAge", () => {
  it("counts the bars since the newest of the highest or lowest values (by hand)", () => {
    const values = Float64Array.of(3, 1, 3, 2, 1, 0);
    expect([...extremeAge(values, 3, 1)]).toEqual([Number.NaN, Number.NaN, 0, 1, 2, 2]);
    expect([...extremeAge(values, 3, -1)]).toEqual([Number.NaN, Number.NaN, 1, 2, 0, 0]);
  });

  it("is what a look at the window says, and restarts behind a missing value", () => {
    const values = fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 5 }) }, fc.constant(Number.NaN)),
      {
        maxLength: 50,
      },
    );
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 8 }), (list, period) => {
        const ages = extremeAge(Float64Array.from(list), period, 1);
        for (let t = 0; t < list.length; t++) {
          const window = list.slice(Math.max(0, t - period + 1), t + 1);
          const known = window.length === period && !window.some(Number.isNaN);
          expect(ages[t]).toBe(known ? period - 1 - window.lastIndexOf(Math.max(...window)) : Number.NaN);
        }
      }),
    );
  });
});
