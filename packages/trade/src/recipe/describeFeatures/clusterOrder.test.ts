import fc from "fast-check";
import { expect, it } from "vitest";
import { clusterOrder } from "./clusterOrder.ts";

it("sets two blocks apart and turns each so that its nearest columns touch, by hand", () => {
  // distances 1 - |r|: {0, 2} 0.1 join first, {1, 3} 0.2 next; of the four ways 2 beside 3 (0.4) is the closest
  const r = [
    [1, 0.1, 0.9, 0.2],
    [0.1, 1, -0.3, 0.8],
    [0.9, -0.3, 1, -0.6],
    [0.2, 0.8, -0.6, 1],
  ].flat();
  expect(clusterOrder(r, 4)).toEqual([0, 2, 3, 1]);
});

it("joins by the mean distance of the members: of 0.5 and 0.3 beside 0.45 the pair goes first", () => {
  // {0, 1} join at 0.1; the mean of their distances to 2 is (0.5 + 0.3) / 2 = 0.4, 2 and 3 are 0.45 apart
  const r = [
    [1, 0.9, 0.5, 0],
    [0.9, 1, 0.7, 0],
    [0.5, 0.7, 1, 0.55],
    [0, 0, 0.55, 1],
  ].flat();
  expect(clusterOrder(r, 4)).toEqual([0, 1, 2, 3]);
});

it("puts columns without an r last, and is an order of any matrix", () => {
  expect(clusterOrder([NaN, NaN, NaN, 1], 2)).toEqual([1, 0]);
  expect(clusterOrder([], 0)).toEqual([]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.infiniteStream(fc.double({ min: -1, max: 1 })),
      (n, stream) => {
        const values = [...stream.take(n * n)];
        const r = values.map((_, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          return i === j ? 1 : values[Math.min(i, j) * n + Math.max(i, j)]!;
        });
        expect(clusterOrder(r, n).toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      },
    ),
  );
});
