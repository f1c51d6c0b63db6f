import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rollingMax, rollingMin } from "./rollingExtreme.ts";

describe("rollingMax, rollingMin", () => {
  it("gives the numbers of Tulip Indicators, tests/untest.txt (max 5, min 5)", () => {
    const x = Float64Array.of(
      ...[
        81.59, 81.06, 82.87, 83, 83.61, 83.15, 82.84, 83.99, 84.55, 84.36, 85.53, 86.54, 86.89, 87.77, 87.29,
      ],
    );
    const highest = [83.61, 83.61, 83.61, 83.99, 84.55, 84.55, 85.53, 86.54, 86.89, 87.77, 87.77];
    const lowest = [81.06, 81.06, 82.84, 82.84, 82.84, 82.84, 82.84, 83.99, 84.36, 84.36, 85.53];
    expect([...rollingMax(x, 5)]).toEqual([NaN, NaN, NaN, NaN, ...highest]);
    expect([...rollingMin(x, 5)]).toEqual([NaN, NaN, NaN, NaN, ...lowest]);
  });

  it("equals a search of every window, a hole costs the windows that hold it", () => {
    const number = fc.oneof(
      { weight: 9, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 50 }), fc.integer({ min: 1, max: 12 }), (list, period) => {
        const x = Float64Array.from(list);
        const high = rollingMax(x, period);
        const low = rollingMin(x, period);
        for (let t = 0; t < x.length; t++) {
          const window = x.subarray(Math.max(0, t - period + 1), t + 1);
          const whole = window.length === period && window.every((v) => Number.isFinite(v));
          expect(high[t]! + 0).toBe(whole ? Math.max(...window) + 0 : NaN);
          expect(low[t]! + 0).toBe(whole ? Math.min(...window) + 0 : NaN);
        }
      }),
    );
  });

  it("refuses a window that is none", () => {
    expect(() => rollingMax(new Float64Array(3), 0)).toThrow(/rollingMax.*>= 1/);
    expect(() => rollingMin(new Float64Array(3), 1.5)).toThrow(/rollingMin.*1\.5/);
  });
});
