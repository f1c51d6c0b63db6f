import fc from "fast-check";
import { expect, test } from "vitest";
import { blockBootstrap, blockLength } from "./blockBootstrap.ts";

const mean = (sums: Float64Array, rows: number): number => sums[0]! / rows;
// a slow wave and some noise: neighbours are alike
const column = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i / 7) + 0.5 * Math.sin(12.9898 * i));

test.each([1, 4, 6])(
  "the standard error of a mean with blocks of %i is that of its own distribution",
  (block) => {
    // The draws are means of n / block independent blocks, each one of n equally likely: their variance is known exactly.
    const n = column.length;
    const blocks = Array.from({ length: n }, (_, from) => {
      let sum = 0;
      for (let i = 0; i < block; i++) sum += column[(from + i) % n]!;
      return sum / block;
    });
    const centre = blocks.reduce((a, b) => a + b, 0) / n;
    const variance = blocks.reduce((s, b) => s + (b - centre) ** 2, 0) / n / (n / block);
    const found = blockBootstrap([column], mean, { block, seed: 5, draws: 20_000 })!;
    expect(found.standardError / Math.sqrt(variance)).toBeCloseTo(1, 1);
    // a mean of many blocks is nearly normal: 1.96 standard errors either way
    for (const half of [found.interval.high - centre, centre - found.interval.low])
      expect(Math.abs(half / (1.96 * Math.sqrt(variance)) - 1)).toBeLessThan(0.1);
  },
);

test("alike neighbours widen the interval, the seed fixes it", () => {
  const width = (block: number): number => {
    const { interval } = blockBootstrap([column], mean, { block, seed: 1 })!;
    return interval.high - interval.low;
  };
  expect(width(6)).toBeGreaterThan(1.5 * width(1));
  expect(width(6)).toBe(width(6));
});

test("a difference that is the same in every row has no doubt about it; paired columns stay paired", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 40, maxLength: 90 }),
      fc.integer({ min: 1, max: 5 }),
      (values, block) => {
        const shifted = values.map((v) => v + 0.25);
        const found = blockBootstrap([values, shifted], (s, n) => (s[1]! - s[0]!) / n, {
          block,
          seed: 3,
          draws: 50,
        })!;
        expect(found.interval.low).toBeCloseTo(0.25, 9);
        expect(found.interval.high).toBeCloseTo(0.25, 9);
      },
    ),
    { numRuns: 50 },
  );
});

test("too few blocks give no interval; what does not fit is refused", () => {
  expect(blockBootstrap([column], mean, { block: 8, seed: 1 })).toBeNull();
  expect(blockBootstrap([], mean, { block: 1, seed: 1 })).toBeNull();
  expect(() => blockBootstrap([column], mean, { block: 0, seed: 1 })).toThrow(/blocks of 0 rows/);
  expect(() => blockBootstrap([column, [1]], mean, { block: 1, seed: 1 })).toThrow(/of the same rows/);
});

test("a block is as long as the outcome, and n^(1/3) at least", () => {
  expect([blockLength(1000, 1), blockLength(1000, 12), blockLength(1000, 12.5), blockLength(1, 1)]).toEqual([
    10, 12, 13, 1,
  ]);
});
