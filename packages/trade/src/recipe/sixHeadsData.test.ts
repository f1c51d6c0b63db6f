import { expect, test } from "vitest";
import { stringify } from "yaml";
import { sliceBars } from "../market/bars.ts";
import { applyProfile, parseRecipe } from "./loadRecipe.ts";
import { isMultiTask, type MultiTaskRecipe } from "./recipeSchema.ts";
import { sixHeadsData, trailingVolatility } from "./sixHeadsData.ts";
import { tinyStock, tinyStocksRecipe } from "./testing/tinyStocks.ts";

function recipeOf(changes: Record<string, object> = {}): MultiTaskRecipe {
  const recipe = applyProfile(parseRecipe(stringify(tinyStocksRecipe(changes)), "tiny.yaml"), "full");
  if (!isMultiTask(recipe)) throw new Error("a recipe of six heads was written");
  return recipe;
}

const context = ["SPY", "QQQ", "VIX"].map((name, i) => tinyStock(i + 4, name));
const long = tinyStock(1, "AAA");
const late = sliceBars(tinyStock(2, "BBB"), 100, 640);

test("the parts begin and end at the same moments for a symbol that was listed late", () => {
  const { stack, split, names } = sixHeadsData(recipeOf(), [long, late], { context });
  expect(names).toHaveLength(44);
  expect(stack.symbols).toEqual([
    { symbol: "AAA", from: 0, to: 640 },
    { symbol: "BBB", from: 640, to: 1180 },
  ]);
  const timesOf = (rows: Int32Array, symbol: number) =>
    [...rows]
      .filter((row) => row >= stack.symbols[symbol]!.from && row < stack.symbols[symbol]!.to)
      .map((row) => stack.closeTime[row]!);
  for (const part of [split.validation, split.test]) {
    expect(timesOf(part.rows, 0)).toEqual(timesOf(part.rows, 1));
    expect(part.from).toBe(timesOf(part.rows, 0)[0]);
  }
  expect(timesOf(split.train.rows, 0).length - timesOf(split.train.rows, 1).length).toBe(100);
  // the longest horizon is 12 bars, the embargo 8: what is known of a part's last row lies 8 bars before the next part
  const day = 86_400_000;
  expect(split.train.knownUntil).toBe(split.validation.from - 8 * day);
  expect(split.train.to).toBe(split.train.knownUntil - 12 * day);
});

test("a row's features and targets do not depend on the other symbols", () => {
  const both = sixHeadsData(recipeOf(), [long, late], { context });
  const alone = sixHeadsData(recipeOf(), [late], { context });
  alone.stack.features.forEach((column, f) => {
    expect(both.stack.features[f]!.subarray(640)).toEqual(column);
  });
  expect(both.outcomes.returns[2]!.subarray(640)).toEqual(alone.outcomes.returns[2]);
});

test("past volatility: the sample deviation of the last n log returns", () => {
  // log returns 0.1, -0.1, 0.3: mean 0.1, squares 0, 0.04, 0.04, over 2
  const close = Float64Array.from([0, 0.1, 0, 0.3], Math.exp);
  const volatility = trailingVolatility(close, 3);
  expect([...volatility.subarray(0, 3)]).toEqual([NaN, NaN, NaN]);
  expect(volatility[3]).toBeCloseTo(0.2, 6);
});
