import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rollingWeighted } from "./rollingWeighted.ts";

describe("rollingWeighted", () => {
  it("weighs the newest value n times and the oldest once (by hand)", () => {
    const { sum, weighted } = rollingWeighted(Float64Array.of(1, 2, 4, 8, 16), 3);
    expect([...sum]).toEqual([Number.NaN, Number.NaN, 7, 14, 28]);
    expect([...weighted]).toEqual([Number.NaN, Number.NaN, 17, 34, 68]);
  });

  it("is the sum over each window, for any values and period", () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (list, period) => {
        const { sum, weighted } = rollingWeighted(Float64Array.from(list), period);
        for (let t = 0; t < list.length; t++) {
          const window = list.slice(Math.max(0, t - period + 1), t + 1);
          const early = window.length < period;
          expect(sum[t]).toBe(early ? Number.NaN : window.reduce((a, b) => a + b, 0));
          expect(weighted[t]).toBe(early ? Number.NaN : window.reduce((a, b, i) => a + b * (i + 1), 0));
        }
      }),
    );
  });

  it("keeps its digits over a million rows behind an enormous value, and forgets a NaN with its window", () => {
    const values = new Float64Array(1_000_000).fill(0.1);
    values[3] = 1e17;
    values[10] = Number.NaN;
    const { sum, weighted } = rollingWeighted(values, 7);
    expect(weighted[16]).toBeNaN();
    expect(weighted[17]).toBeCloseTo(2.8, 12);
    expect(sum.at(-1)).toBeCloseTo(0.7, 12);
  });
});
