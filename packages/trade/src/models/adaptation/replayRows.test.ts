import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { classCounts } from "../sequence/strideRows.ts";
import { replayRows } from "./replayRows.ts";

test("of 10 rows of classes 2, 6, 2 five are 1, 3, 1; another seed draws others", () => {
  const rows = Int32Array.from({ length: 10 }, (_, i) => 100 + i);
  const classes = new Float32Array(200);
  [0, 0, 1, 1, 1, 1, 1, 1, 2, 2].forEach((c, i) => {
    classes[100 + i] = c;
  });
  const drawn = replayRows(rows, classes, 3, 5, seededRandom(1));
  expect(classCounts(drawn, classes, 3)).toEqual([1, 3, 1]);
  expect(replayRows(rows, classes, 3, 5, seededRandom(1))).toEqual(drawn);
  expect(
    [2, 3, 4, 5].some((seed) => replayRows(rows, classes, 3, 5, seededRandom(seed)).join() !== drawn.join()),
  ).toBe(true);
  // thirds: 0.6, 1.8, 0.6 rows; the largest remainders win, the first of equals
  expect(classCounts(replayRows(rows, classes, 3, 3, seededRandom(1)), classes, 3)).toEqual([1, 2, 0]);
});

test("distinct rows of the pool in order, as many as were asked for, each class within a row of its share", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 60 }),
      fc.nat(70),
      fc.integer(),
      (list, count, seed) => {
        const classes = Float32Array.from(list);
        const rows = Int32Array.from(list, (_, i) => i);
        const drawn = replayRows(rows, classes, 3, count, seededRandom(seed));
        expect(drawn.length).toBe(Math.min(count, list.length));
        expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual([...drawn]);
        const [all, some] = [classCounts(rows, classes, 3), classCounts(drawn, classes, 3)];
        for (let c = 0; c < 3; c++) {
          const share = list.length === 0 ? 0 : (all[c]! * drawn.length) / list.length;
          expect(Math.abs(some[c]! - share)).toBeLessThan(1);
        }
      },
    ),
  );
  expect(() => replayRows(new Int32Array(3), new Float32Array(3), 3, -1, seededRandom(1))).toThrow(
    /replay: -1/,
  );
});
