import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentRank } from "./percentRank.ts";

describe("percentRank", () => {
  it("is the share of the n values before that are smaller (by hand)", () => {
    expect([...percentRank(Float64Array.of(1, 3, 2, 2, 5), 2)]).toEqual([Number.NaN, Number.NaN, 50, 0, 100]);
  });

  it("is what counting says, and restarts behind a missing value", () => {
    const values = fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) }, fc.constant(Number.NaN)),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 9 }), (list, period) => {
        const ranks = percentRank(Float64Array.from(list), period);
        for (let t = 0; t < list.length; t++) {
          const before = list.slice(Math.max(0, t - period), t);
          const known = before.length === period && ![...before, list[t]!].some(Number.isNaN);
          const smaller = before.filter((value) => value < list[t]!).length;
          expect(ranks[t]).toBe(known ? (100 * smaller) / period : Number.NaN);
        }
      }),
    );
  });
});
