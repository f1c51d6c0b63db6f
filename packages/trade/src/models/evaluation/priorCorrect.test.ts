import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { priorCorrect } from "./priorCorrect.ts";

describe("priorCorrect", () => {
  it("takes weights back out, by hand", () => {
    // p = 0.8 and 0.2 under weights 1 and 4 looks like a draw: 0.8 to 0.8.
    const [a, b] = priorCorrect([0.5, 0.5], [1, 4]);
    expect(a).toBeCloseTo(0.8, 6);
    expect(b).toBeCloseTo(0.2, 6);
    // Elkan's theorem 2: p' = b' (p - p b) / (b - p b + b' p - b b'), base rate 1/2 to 1/10, p = 0.9: 0.5.
    expect(priorCorrect([0.9, 0.1], [5, 5 / 9])[0]).toBeCloseTo(0.5, 6);
  });

  it("changes nothing under equal weights, and undoes any weighting", () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(share, share, share), fc.tuple(share, share, share), (raw, weights) => {
        const normal = (x: number[]): number[] => x.map((v) => v / x.reduce((a, b) => a + b));
        const p = normal(raw);
        const learned = normal(p.map((v, c) => v * weights[c]!));
        priorCorrect(learned, weights).forEach((v, c) => {
          expect(v).toBeCloseTo(p[c]!, 6);
        });
        priorCorrect(p, [3, 3, 3]).forEach((v, c) => {
          expect(v).toBeCloseTo(p[c]!, 6);
        });
      }),
    );
  });

  it("makes a row that is no distribution NaN and leaves the others", () => {
    const out = priorCorrect([0, 0, NaN, 1, -1, 2, Infinity, 1, 0.25, 0.75], [1, 1]);
    expect([...out]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 0.25, 0.75]);
    expect([...priorCorrect([], [1, 2])]).toEqual([]);
  });

  it("refuses weights that are none", () => {
    for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => priorCorrect([0.5, 0.5], [1, weight])).toThrow(/class weight/);
    }
    expect(() => priorCorrect([0.5, 0.5, 1], [1, 1])).toThrow(/2 class weights do not fit 3/);
    expect(() => priorCorrect([], [])).toThrow(/0 class weights/);
  });
});
