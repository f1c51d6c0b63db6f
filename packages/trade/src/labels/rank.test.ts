import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyRank, fitRank } from "./rank.ts";

const column = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Number.NaN)), { minLength: 1, maxLength: 40 })
  .map((values) => Float32Array.from(values))
  .filter((values) => values.some((v) => !Number.isNaN(v)));
const rowsOf = (values: Float32Array) => Array.from(values, (_, i) => i);

describe("fitRank, applyRank", () => {
  it("gives mid-ranks, ties their average, by hand", () => {
    const values = Float32Array.of(30, 10, 20, 20, NaN, 99);
    const rank = fitRank(values, [0, 1, 2, 3, 4]);
    // Of 10 20 20 30: 10 has none below and itself, 20 one below and two equal, 30 three below and itself.
    expect([...applyRank(values, rank)]).toEqual([0.875, 0.125, 0.5, 0.5, NaN, 1]);
    expect([...applyRank(Float32Array.of(5, 15, 25, 31, -Infinity, Infinity), rank)]).toEqual([
      0, 0.25, 0.75, 1, 0, 1,
    ]);
  });

  it("gives the average ranks less a half, over n: those of SciPy's documentation of rankdata, 0 2 3 2 -> 1 2.5 4 2.5", () => {
    const values = Float32Array.of(0, 2, 3, 2);
    const ranks = applyRank(values, fitRank(values, rowsOf(values)));
    expect([...ranks].map((share) => share * 4 + 0.5)).toEqual([1, 2.5, 4, 2.5]);
  });

  it("averages one half over its own rows, never falls where the value rises, stays in 0..1", () => {
    fc.assert(
      fc.property(column, column, (values, others) => {
        const rank = fitRank(values, rowsOf(values));
        const own = applyRank(values, rank).filter((v) => !Number.isNaN(v));
        expect(own.reduce((a, b) => a + b, 0) / own.length).toBeCloseTo(0.5, 5);
        const ranks = applyRank(others, rank);
        others.forEach((a, i) => {
          expect(Number.isNaN(ranks[i]!)).toBe(Number.isNaN(a));
          if (!Number.isNaN(a)) expect(ranks[i]! >= 0 && ranks[i]! <= 1).toBe(true);
          others.forEach((b, j) => {
            if (a < b) expect(ranks[i]!).toBeLessThanOrEqual(ranks[j]!);
          });
        });
      }),
    );
  });

  it("reads no row but the given ones", () => {
    const values = Float32Array.of(3, 1, 2, 100);
    const changed = Float32Array.of(3, 1, 2, -5);
    expect(fitRank(changed, [0, 1, 2])).toEqual(fitRank(values, [0, 1, 2]));
    expect(fitRank(changed, [0, 1, 3])).not.toEqual(fitRank(values, [0, 1, 3]));
  });

  it("leaves its input, writes where it is told, and refuses what cannot be ranked", () => {
    const values = Float32Array.of(2, 1);
    const rank = fitRank(values, [0, 1]);
    const out = new Float32Array(2);
    expect(applyRank(values, rank, out)).toBe(out);
    expect([...values]).toEqual([2, 1]);
    expect(() => fitRank(Float32Array.of(NaN), [0])).toThrow(/no finite value in the 1 rows/);
    expect(() => fitRank(values, [])).toThrow(/no finite value in the 0 rows/);
    expect(() => fitRank(values, [2])).toThrow(/row 2 is not in a column of 2/);
    expect(() => applyRank(values, rank, new Float32Array(3))).toThrow(/2 values do not go into 3/);
  });
});
