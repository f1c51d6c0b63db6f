import fc from "fast-check";
import { expect, it } from "vitest";
import { rowsByWeight } from "./rowsByWeight.ts";

it("whole weights are met exactly", () => {
  expect(rowsByWeight(Float64Array.of(1, 0, 3, 2), 1)).toEqual([0, 2, 2, 2, 3, 3]);
});

it("a row of weight w is drawn floor(m w / sum) times or once more, one of 0 never", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 0, max: 1000 }),
      (raw, seed) => {
        const weights = Float64Array.from(raw, (w) => (w < 0.01 ? 0 : w));
        fc.pre(weights.some((w) => w > 0));
        const drawn = rowsByWeight(weights, seed);
        const sum = weights.reduce((a, b) => a + b, 0);
        for (const [row, w] of weights.entries()) {
          const times = drawn.filter((d) => d === row).length;
          const expected = (drawn.length * w) / sum;
          expect(times).toBeGreaterThanOrEqual(Math.floor(expected - 1e-9));
          expect(times).toBeLessThanOrEqual(Math.floor(expected + 1e-9) + 1);
        }
      },
    ),
  );
});
