import fc from "fast-check";
import { expect, test } from "vitest";
import type { StackedRows } from "../../models/multiTask/stackedRows.ts";
import { longestOverlap } from "./checkPermutedLabels.ts";
import { permuteLabels } from "./permuteLabels.ts";

/** Two symbols of `length` rows; each row's targets tell its number. */
function stackOf(length: number): StackedRows {
  const rows = Float32Array.from({ length: 2 * length }, (_, i) => i);
  const times = Float64Array.from(rows, (i) => (i % length) + 1);
  return {
    symbols: [
      { symbol: "A", from: 0, to: length },
      { symbol: "B", from: length, to: 2 * length },
    ],
    closeTime: times,
    knownAt: times.map((t) => t + 3),
    features: [rows],
    targets: { class: rows, other: rows.map((i) => -i) },
    usable: Int32Array.from(rows),
  };
}

test("deals the training rows' targets within their symbol, all of a row together, and leaves every other row", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }),
      (length, block, seed, chosen) => {
        const stack = stackOf(length);
        const train = Int32Array.from(stack.usable).filter((row) => chosen[row]);
        const { class: dealt, other } = permuteLabels(stack, train, { block, seed }).targets;
        for (const { from, to } of stack.symbols) {
          const own = [...train].filter((row) => row >= from && row < to);
          expect(own.map((row) => dealt![row]!).sort((a, b) => a - b)).toEqual(own);
        }
        for (const row of stack.usable) {
          expect(other![row]).toBe(-dealt![row]!);
          if (!train.includes(row)) expect(dealt![row]).toBe(row);
        }
        expect(stack.targets.class![3]).toBe(3);
      },
    ),
  );
});

test("neighbours stay together but where a block ends", () => {
  const stack = stackOf(400);
  const train = Int32Array.from({ length: 300 }, (_, i) => i);
  const dealt = permuteLabels(stack, train, { block: 20, seed: 5 }).targets.class!;
  const breaks = Array.from(train.subarray(1), (row) => dealt[row]! - dealt[row - 1]!).filter(
    (step) => step !== 1,
  );
  // 15 blocks have 14 ends between them, and the turn adds one
  expect(breaks.length).toBeLessThanOrEqual(15);
  expect(breaks.length).toBeGreaterThan(5);
  expect([...dealt.subarray(0, 300)]).not.toEqual([...train]);
});

test("rows that share an outcome are counted over symbols, by hand", () => {
  // an outcome three bars later: the row itself and the two after it, of two symbols
  expect(longestOverlap(stackOf(10), stackOf(10).usable, 3)).toBe(6);
  expect(longestOverlap(stackOf(10), Int32Array.of(0, 5, 9), 3)).toBe(1);
  expect(longestOverlap(stackOf(10), Int32Array.of(0, 10, 5), 5)).toBe(2);
});
