import { expect, test } from "vitest";
import { taskRowWeights } from "./taskRowWeights.ts";

test("each head of classes has its own mean of 1 by class, the others one over all rows; symbols on their own", () => {
  const known = [3, 6, 4, 6, 6, 6, 6];
  const time = [0, 1, 2, 3, 4, 5, 6];
  const stack = {
    closeTime: Float64Array.from([...time, ...time]),
    knownAt: Float64Array.from([...known, ...known]),
    symbols: [
      { symbol: "A", from: 0, to: 7 },
      { symbol: "B", from: 7, to: 14 },
    ],
  };
  // the labels of Lopez de Prado 2018, 4.5.3, of uniqueness 5/6, 3/4 and 1, in each symbol; those of B but the last
  const rows = Int32Array.of(0, 2, 4, 7, 9);
  // without the third label the first two are as concurrent as before
  const mean = (2 * (5 / 6) + 2 * (3 / 4) + 1) / 5;
  const classes = (of: Record<number, number>) =>
    Float32Array.from({ length: 14 }, (_, t) => of[t] ?? Number.NaN);
  const outcomes = {
    direction: classes({ 0: 0, 2: 0, 4: 1, 7: 2, 9: 2 }),
    position: classes({ 0: 0, 2: 1, 4: 0, 7: 2, 9: 1 }),
  };
  const found = taskRowWeights({ sampleWeights: { by: "uniqueness" } }, { stack, outcomes }, rows);
  const expectRows = (name: string, wanted: readonly number[]) =>
    wanted.forEach((value, i) => {
      expect(found[name]![rows[i]!], `${name} of row ${rows[i]}`).toBeCloseTo(value, 6);
    });
  expectRows("weight", [5 / 6 / mean, 3 / 4 / mean, 1 / mean, 5 / 6 / mean, 3 / 4 / mean]);
  // BUY 5/6 and 3/4, mean 19/24; HOLD alone; SELL 5/6 and 3/4
  expectRows("directionWeight", [20 / 19, 18 / 19, 1, 20 / 19, 18 / 19]);
  // BUY 5/6 and 1, mean 11/12; HOLD 3/4 twice; SELL alone
  expectRows("positionWeight", [10 / 11, 1, 12 / 11, 1, 1]);
  expect(found.weight![1]).toBe(1);
  expect(taskRowWeights({}, { stack, outcomes }, rows)).toEqual({});
});
