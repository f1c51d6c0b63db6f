import { expect, test } from "vitest";
import { sliceBars } from "../market/bars.ts";
import { readBarFile, samplePath } from "../store/index.ts";
import { labelledData } from "./dataset.ts";
import { difficultyOf } from "./difficulty.ts";
import { applyProfile, parseRecipe, signalRecipe } from "./loadRecipe.ts";
import { tinyRecipe } from "./testing/tinyRecipe.ts";

async function recipeWith(changes: Record<string, object> = {}) {
  const text = await tinyRecipe({ model: { window: 2 }, ...changes });
  return signalRecipe(applyProfile(parseRecipe(text, "tiny.yaml"), "full"), "a test");
}

// log returns 0, 0, 0.2, -0.2: deviations of two 0, 0.2 / sqrt 2, 0.4 / sqrt 2
const close = Float64Array.of(0, 0, 0, 0.2, 0).map(Math.exp);
const returns = Float32Array.of(0.01, 0, 0.005, -0.02, 0.0005);

test("volatility: the deviation of the window's log returns; rows before it are the hardest", async () => {
  const found = difficultyOf(await recipeWith(), "volatility", close, returns, 1);
  [3e38, 3e38, 0, 0.2 / Math.SQRT2, 0.4 / Math.SQRT2].forEach((value, t) => {
    expect(found[t]! / Math.max(1, Math.fround(value))).toBeCloseTo(value > 1 ? 1 : value, 6);
  });
});

test("labelClarity: how far the return is from the threshold of 0.001, in deviations over the horizon", async () => {
  const found = difficultyOf(await recipeWith(), "labelClarity", close, returns, 4);
  expect(found[3]).toBeCloseTo(-0.019 / ((0.2 / Math.SQRT2) * 2), 6);
  // near the threshold is hard, whatever the class
  expect(found[4]).toBeCloseTo(-0.0005 / ((0.4 / Math.SQRT2) * 2), 6);
  expect(found[4]).toBeGreaterThan(found[3]!);
  // prices that did not move give no unit to measure in
  expect(found[2]).toBeGreaterThan(1e38);
});

test("a recipe with a curriculum has a score for each row, another none; the future moves none but its own", async () => {
  const { bars } = await readBarFile(samplePath(), "bars");
  const part = sliceBars(bars, 18_000, 21_000);
  const recipe = await recipeWith({ training: { curriculum: { order: "labelClarity" } } });
  const whole = labelledData(recipe, part);
  expect(whole.difficulty).toHaveLength(part.length);
  expect(labelledData(await recipeWith(), part).difficulty).toBeUndefined();
  const shorter = labelledData(recipe, sliceBars(part, 0, 2500));
  // the label of a row is known one bar later
  expect(whole.difficulty!.subarray(0, 2499)).toEqual(shorter.difficulty!.subarray(0, 2499));
});
