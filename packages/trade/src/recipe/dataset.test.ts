import { expect, test } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { randomBars } from "../features/randomBars.ts";
import { type BarSeries, singlePanel, sliceBars } from "../market/bars.ts";
import { barsWhere } from "../market/pickBars.ts";
import { computeFeatures, labelledData, neededHistory, predictableRows } from "./dataset.ts";
import { applyProfile, parseRecipe, signalRecipe } from "./loadRecipe.ts";
import type { Recipe } from "./recipeSchema.ts";
import { tinyRecipe } from "./testing/tinyRecipe.ts";

const recipeWith = async (changes?: Record<string, object>): Promise<Recipe> =>
  signalRecipe(applyProfile(parseRecipe(await tinyRecipe(changes), "tiny.yaml"), "full"), "this test");
const bars = randomBars(3, 4000);

/** The same bars with one taken out. */
const without = (row: number): BarSeries => barsWhere(bars, (t) => t !== row);

test("the first row that can be predicted has the features' memory and its window behind it", async () => {
  const recipe = await recipeWith();
  // 1,811 bars of memory (features) and a window of 16
  expect(neededHistory(recipe)).toBe(1827);
  const rows = predictableRows(recipe, computeFeatures(recipe, singlePanel(bars)));
  expect([rows[0], rows.at(-1), rows.length]).toEqual([1826, 3999, 4000 - 1826]);
});

test("a missing bar takes out the 15 rows whose windows span it, and no more", async () => {
  const recipe = await recipeWith();
  const holed = without(3000);
  const rows = predictableRows(recipe, computeFeatures(recipe, singlePanel(holed)));
  const missing = Array.from({ length: holed.length - 1826 }, (_, i) => 1826 + i).filter(
    (r) => !rows.includes(r),
  );
  expect(missing).toEqual(Array.from({ length: 15 }, (_, i) => 3000 + i));
});

test("labels, split and embargo come together: no training row knows what a later part decides on", async () => {
  const recipe = await recipeWith();
  const { split, classes, returns } = labelledData(recipe, bars);
  const { train, validation, test: tested } = split;
  // the last row has no outcome
  expect(tested.rows.at(-1)).toBe(3998);
  expect(train.rows.length + validation.rows.length + tested.rows.length).toBe(3999 - 1826 - 2 * 16);
  expect(validation.rows[0]! - train.rows.at(-1)!).toBe(1 + 16);
  for (const row of [train.rows[0]!, tested.rows[0]!]) {
    const outcome = bars.close[row + 1]! / bars.close[row]! - 1;
    expect(returns[row]).toBeCloseTo(outcome, 6);
    expect(classes[row]).toBe(outcome > 0.001 ? 0 : outcome < -0.001 ? 2 : 1);
  }
});

test("too few bars are refused with what is needed, whole parts without rows by name", async () => {
  const recipe = await recipeWith();
  expect(() => labelledData(recipe, sliceBars(bars, 0, 1926))).toThrow(DataError);
  expect(() => labelledData(recipe, sliceBars(bars, 0, 1926))).toThrow(
    /^TEST has 1926 bars up to .*Z; recipe 'tiny' needs 1827 before its first prediction and at least 100 after/,
  );
  // one bar more is enough to begin with; then it is the embargo that leaves too little
  expect(() => labelledData(recipe, sliceBars(bars, 0, 1927))).toThrow(
    /^split\.validation: no rows are left of 15/,
  );
  expect(labelledData(recipe, sliceBars(bars, 0, 2100)).split.test.rows.length).toBeGreaterThan(0);
  expect(() => labelledData(recipe, sliceBars(bars, 0, 0))).toThrow(/^TEST has 0 bars; /);
  const wide = await recipeWith({ split: { embargoBars: 3000 } });
  expect(() => labelledData(wide, bars)).toThrow(UsageError);
  expect(() => labelledData(wide, bars)).toThrow(/^split\.train: no rows are left/);
});
