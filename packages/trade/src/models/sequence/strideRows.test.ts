import { expect, test } from "vitest";
import { classCounts, strideRows } from "./strideRows.ts";

const classes = Float32Array.of(1, 1, 0, 1, 2, 1, 1, 0, 2, 1);
const rows = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

test("every third of one class, every second of another, all of the third", () => {
  // class 1 is at 0 1 3 5 6 9: kept are its first and fourth; class 2 at 4 8: the first; class 0 at 2 7: both
  expect([...strideRows(rows, classes, [1, 3, 2])]).toEqual([0, 2, 4, 5, 7]);
});

test("strides of one keep every row in order", () => {
  expect([...strideRows(rows, classes, [1, 1, 1])]).toEqual([...rows]);
});

test("counts the classes of the given rows only", () => {
  expect(classCounts(rows, classes, 3)).toEqual([2, 6, 2]);
  expect(classCounts(Int32Array.of(2, 4, 5), classes, 3)).toEqual([1, 1, 1]);
  expect(classCounts(new Int32Array(0), classes, 3)).toEqual([0, 0, 0]);
});
