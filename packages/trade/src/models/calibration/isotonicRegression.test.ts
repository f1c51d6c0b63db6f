import fc from "fast-check";
import { expect, it } from "vitest";
import { isotonicRegression } from "./isotonicRegression.ts";

it("pools by hand", () => {
  // 1, 3, 2, 4: 3 and 2 lie the wrong way round and meet at 2.5
  const { x, y } = isotonicRegression(Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 3, 2, 4));
  expect([[...x], [...y]]).toEqual([
    [1, 2, 3, 4],
    [1, 2.5, 2.5, 4],
  ]);
  // with weights 3 and 1 they meet at 2.75
  const heavy = isotonicRegression(
    Float64Array.of(1, 2, 3, 4),
    Float64Array.of(1, 3, 2, 4),
    Float64Array.of(1, 3, 1, 1),
  );
  expect([...heavy.y]).toEqual([1, 2.75, 2.75, 4]);
});

/** max over a <= i of min over b >= i of the weighted mean of y[a..b]: the solution itself (Barlow et al. 1972, 1.4). */
function minimax(y: readonly number[], w: readonly number[]): number[] {
  return y.map((_, i) => {
    let best = Number.NEGATIVE_INFINITY;
    for (let a = 0; a <= i; a++) {
      let least = Number.POSITIVE_INFINITY;
      for (let b = i; b < y.length; b++) {
        let [sum, weight] = [0, 0];
        for (let j = a; j <= b; j++) {
          sum += w[j]! * y[j]!;
          weight += w[j]!;
        }
        least = Math.min(least, sum / weight);
      }
      best = Math.max(best, least);
    }
    return best;
  });
}

it("is the least-squares rising function, by the min-max formula", () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 15,
  });
  fc.assert(
    fc.property(rows, (given) => {
      const found = isotonicRegression(
        Float64Array.from(given, (_, i) => i),
        Float64Array.from(given, ([y]) => y),
        Float64Array.from(given, ([, w]) => w),
      );
      const expected = minimax(
        given.map(([y]) => y),
        given.map(([, w]) => w),
      );
      const at = (x: number): number => {
        const k = found.x.findLastIndex((v) => v <= x);
        return found.y[k]!;
      };
      expected.forEach((v, i) => {
        expect(at(i)).toBeCloseTo(v, 9);
      });
    }),
  );
});
