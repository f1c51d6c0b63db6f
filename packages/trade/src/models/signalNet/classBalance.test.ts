import { expect, test } from "vitest";
import { DataError } from "../../core/errors.ts";
import { classCounts, strideRows } from "../sequence/strideRows.ts";
import { type Balance, balanceOf } from "./classBalance.ts";

/** 4 BUY, 12 HOLD, 8 SELL, HOLD thinned to every second. */
const classes = Float32Array.from({ length: 24 }, (_, i) => (i < 4 ? 0 : i < 16 ? 1 : 2));
const all = Int32Array.from(classes.keys());
const kept = strideRows(all, classes, [1, 2, 1]);

function expectClose(balance: Balance, wanted: Record<keyof Balance, readonly number[]>): void {
  for (const [name, triple] of Object.entries(wanted)) {
    triple.forEach((value, c) => {
      expect(balance[name as keyof Balance][c], `${name}[${c}]`).toBeCloseTo(value, 12);
    });
  }
}

test("weights of 4 BUY, 6 of 12 HOLD, 8 SELL, worked by hand", () => {
  expect(classCounts(kept, classes, 3)).toEqual([4, 6, 8]);
  expectClose(balanceOf(all, kept, classes, "weights"), {
    // 18 kept rows over 3 classes: 6 a class; 6/4, 6/6, 6/8
    lossWeights: [1.5, 1, 0.75],
    // of HOLD only half of the rows is there, so one counts half against the market's own frequency
    posteriorWeights: [1.5, 0.5, 0.75],
    // a kept HOLD stands for two; scaled by 18/24 so that the mean over the kept rows is (4 x .75 + 6 x 1.5 + 8 x .75) / 18 = 1
    representedRows: [0.75, 1.5, 0.75],
    baseRates: [1 / 6, 1 / 2, 1 / 3],
  });
});

test("without class balance only the thinning weighs", () => {
  expectClose(balanceOf(all, kept, classes, "none"), {
    lossWeights: [1, 1, 1],
    posteriorWeights: [1, 0.5, 1],
    representedRows: [0.75, 1.5, 0.75],
    baseRates: [1 / 6, 1 / 2, 1 / 3],
  });
});

test("a class without rows is refused by name", () => {
  const noSell = all.filter((row) => classes[row] !== 2);
  expect(() => balanceOf(noSell, noSell, classes, "weights")).toThrow(DataError);
  expect(() => balanceOf(noSell, noSell, classes, "weights")).toThrow(/^the 16 training rows hold no SELL: /);
});
