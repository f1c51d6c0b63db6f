import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../../core/errors.ts";
import { featureMatrix, gatherWindows, withoutHoles } from "./featureMatrix.ts";

const step = 300_000;

test("columns become rows of time", () => {
  const matrix = featureMatrix([Float32Array.of(1, 2, 3), Float32Array.of(10, 20, 30)]);
  expect(matrix).toEqual({ rows: 3, features: 2, values: Float32Array.of(1, 10, 2, 20, 3, 30) });
});

test("columns of different length are refused", () => {
  expect(() => featureMatrix([new Float32Array(3), new Float32Array(2)])).toThrow(
    new DataError("feature column 1 has 2 rows, not 3"),
  );
});

test("a window ends at its row and holds the bars before it, oldest first", () => {
  const matrix = featureMatrix([Float32Array.of(1, 2, 3, 4), Float32Array.of(10, 20, 30, 40)]);
  const into = new Float32Array(12).fill(-1);
  gatherWindows(matrix, 3, Int32Array.of(3, 2), into);
  expect([...into]).toEqual([2, 20, 3, 30, 4, 40, 1, 10, 2, 20, 3, 30]);
});

test("gathered windows are those picked number by number", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }),
      (features, window, picks) => {
        const rows = 40;
        const columns = Array.from({ length: features }, (_, f) =>
          Float32Array.from({ length: rows }, (_, t) => 100 * f + t),
        );
        const ends = Int32Array.from(picks, (p) => Math.max(window - 1, p));
        const into = new Float32Array(ends.length * window * features);
        gatherWindows(featureMatrix(columns), window, ends, into);
        const byHand: number[] = [];
        for (const end of ends) {
          for (let t = end - window + 1; t <= end; t++) for (const column of columns) byHand.push(column[t]!);
        }
        expect([...into]).toEqual(byHand);
      },
    ),
  );
});

test("a row whose window spans a missing bar is left out, later ones return", () => {
  // bars 0 1 2 _ 4 5 6: the fourth is missing
  const closeTime = Float64Array.of(0, 1, 2, 4, 5, 6).map((i) => 1e12 + i * step);
  const rows = Int32Array.of(0, 1, 2, 3, 4, 5);
  expect([...withoutHoles(rows, closeTime, 3, step)]).toEqual([2, 5]);
  expect([...withoutHoles(rows, closeTime, 2, step)]).toEqual([1, 2, 4, 5]);
  expect([...withoutHoles(rows, closeTime, 3, null)]).toEqual([0, 1, 2, 3, 4, 5]);
});
