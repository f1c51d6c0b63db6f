import * as fc from "fast-check";
import { expect, test } from "vitest";
import { curriculumRows, curriculumShare, orderByDifficulty } from "./curriculum.ts";
import { CurriculumConfig } from "./trainingKeys.ts";

const config = (change: object = {}): CurriculumConfig =>
  CurriculumConfig.parse({ order: "volatility", ...change });

test("shares by hand: 0.2 to 1 over 4 epochs, straight, and by the root", () => {
  const straight = config({ startShare: 0.2, fullAfterEpochs: 4 });
  [0.2, 0.4, 0.6, 0.8, 1, 1].forEach((share, epoch) => {
    expect(curriculumShare(straight, epoch)).toBeCloseTo(share, 12);
  });
  // 0.04 + 0.96 e / 4: 0.04, 0.28, 0.52, 0.76
  const root = config({ startShare: 0.2, fullAfterEpochs: 4, pace: "root" });
  [0.2, 0.529150262, 0.721110255, 0.871779789, 1].forEach((share, epoch) => {
    expect(curriculumShare(root, epoch)).toBeCloseTo(share, 8);
  });
});

test("calm rows first within each class, rows without a score last, equals in the order of time", () => {
  const rows = Int32Array.of(2, 3, 4, 5, 6, 7);
  const classes = Float32Array.of(9, 9, 0, 1, 0, 1, 1, 1);
  const difficulty = Float32Array.of(0, 0, 5, 3, 1, Number.NaN, 3, 2);
  // class 0: rows 4, 2 (places 1/4, 3/4); class 1: rows 7, 3, 6, 5 (1/8, 3/8, 5/8, 7/8); as indices into rows
  expect([...orderByDifficulty(rows, difficulty, classes)]).toEqual([5, 2, 1, 4, 0, 3]);
});

test("what an epoch draws from: at least a batch, more each epoch, all at the end, the classes as in all rows", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.float({ noNaN: false })), {
        minLength: 4,
        maxLength: 80,
      }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.constantFrom("linear", "root"),
      (data, startShare, pace) => {
        const rows = Int32Array.from(data.keys());
        const classes = Float32Array.from(data, ([c]) => c);
        const difficulty = Float32Array.from(data, ([, d]) => d);
        const of = curriculumRows(config({ startShare, pace, fullAfterEpochs: 3 }), {
          rows,
          difficulty,
          classes,
          batch: 4,
        });
        let before = 0;
        for (let epoch = 0; epoch < 5; epoch++) {
          const drawn = of(epoch);
          expect(new Set(drawn).size).toBe(drawn.length);
          expect(drawn.length).toBeGreaterThanOrEqual(Math.max(4, before));
          before = drawn.length;
          for (const c of [0, 1, 2]) {
            const all = data.filter(([of]) => of === c).length;
            const here = [...drawn].filter((i) => classes[i] === c).length;
            // places are half a row from the exact share, and of equal places the earlier row comes first
            expect(Math.abs(here - (drawn.length / data.length) * all)).toBeLessThanOrEqual(2);
          }
        }
        expect([...of(3)].sort((a, b) => a - b)).toEqual([...rows]);
      },
    ),
    { numRuns: 60 },
  );
});

test("without a score there is nothing to order by", () => {
  const rows = Int32Array.of(0, 1);
  expect(() => curriculumRows(config(), { rows, classes: new Float32Array(2), batch: 1 })).toThrow(
    /training\.curriculum/,
  );
});
