import { describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { MOST_BAGGED_ROWS, sequentialBag, withClassShares } from "./sequentialBag.ts";

const bars = 301;
const closeTime = Float64Array.from({ length: bars }, (_, t) => t);
/** Rows 0-99: labels of one bar each; rows 100-199: labels that all last until bar 210. */
const knownAt = Float64Array.from({ length: bars }, (_, t) => (t < 100 ? t + 1 : 210));
const rows = Int32Array.from({ length: 200 }, (_, t) => t);

describe("a bag by the sequential bootstrap", () => {
  test("has as many rows, in order, the same by the same seed; labels that overlap are drawn less often", () => {
    const bag = sequentialBag({ closeTime, knownAt }, rows, 5);
    expect(bag).toHaveLength(200);
    expect(bag).toEqual(bag.slice().sort());
    expect(sequentialBag({ closeTime, knownAt }, rows, 5)).toEqual(bag);
    expect(sequentialBag({ closeTime, knownAt }, rows, 6)).not.toEqual(bag);
    // by lot half of the draws would be of either kind, with a deviation of sqrt(200) / 2 = 7
    const unique = bag.filter((row) => row < 100).length;
    expect(unique).toBeGreaterThan(100 + 4 * 7);
    // labels that share nothing are seldom drawn twice while others are not drawn at all: by lot 63 % of 100 would be there
    expect(new Set(bag.filter((row) => row < 100)).size).toBeGreaterThan(70);
  });

  test("its classes weigh in sum what they do among all rows, worked by hand", () => {
    const classes = Float32Array.of(0, 0, 1, 1, 1, 2);
    const all = Int32Array.from(classes.keys());
    // 1 of BUY, 4 of HOLD (one twice), 1 of SELL were drawn
    const bag = Int32Array.of(1, 2, 2, 3, 4, 5);
    const own = Float32Array.of(1, 1, 0.5, 1.5, 1.5, 1);
    const found = withClassShares(own, bag, all, classes);
    // BUY 2/1; HOLD 3/4 of .5, 1.5 and 1.5; SELL as it is; row 0 was not drawn
    expect([...found]).toEqual([1, 2, 0.375, 1.125, 1.125, 1]);
    const sum = bag.filter((row) => classes[row] === 1).reduce((s, row) => s + found[row]!, 0);
    expect(sum).toBeCloseTo(3, 6);
  });

  test("refused: a class of which none was drawn, labels that are never known, too many rows", () => {
    const classes = Float32Array.of(0, 1, 2);
    const weights = new Float32Array(3).fill(1);
    expect(() => withClassShares(weights, Int32Array.of(0, 2, 2), Int32Array.of(0, 1, 2), classes)).toThrow(
      /^ensemble.bag: none of the 1 training rows of HOLD was drawn/,
    );
    const never = knownAt.map(() => Number.POSITIVE_INFINITY);
    const unknown = () => sequentialBag({ closeTime, knownAt: never }, rows, 1);
    expect(unknown).toThrow(DataError);
    expect(unknown).toThrow(/^ensemble.bag: label spans: label 0 /);
    const many = () => sequentialBag({ closeTime, knownAt }, new Int32Array(MOST_BAGGED_ROWS + 1), 1);
    expect(many).toThrow(UsageError);
    expect(many).toThrow(/^ensemble.bag: 200001 training windows are more .* training.windowStride/);
  });
});
