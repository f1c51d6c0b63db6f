import type { SelectionData } from "../../features/index.ts";
import type { TimeSplit } from "../../models/validation/index.ts";
import { labelledData } from "../dataset.ts";
import type { RecipeSeries } from "../recipePanels.ts";
import { type AnyRecipe, isMultiTask } from "../recipeSchema.ts";
import { type DroppedSymbol, sixHeadsData } from "../sixHeadsData.ts";

/** A recipe's columns over the stored bars, as its training would read them. */
export interface RecipeColumns {
  /** `rows` are the training rows */
  readonly data: SelectionData;
  readonly split: TimeSplit;
  /** [N] ms UTC */
  readonly closeTime: Float64Array;
  readonly symbols: readonly string[];
  readonly leftOut: readonly DroppedSymbol[];
}

/** @throws DataError when there are too few bars */
export function recipeColumns(recipe: AnyRecipe, { bars, context }: RecipeSeries): RecipeColumns {
  if (isMultiTask(recipe)) {
    const { names, stack, outcomes, split, dropped } = sixHeadsData(recipe, bars, context);
    const labels = { class: outcomes.direction, return: outcomes.returns[0]! };
    return {
      data: { names, columns: stack.features, rows: split.train.rows, labels },
      split,
      closeTime: stack.closeTime,
      symbols: stack.symbols.map((s) => s.symbol),
      leftOut: dropped,
    };
  }
  const { features, classes, returns, split } = labelledData(recipe, bars[0]!, context);
  const { names, columns, closeTime } = features;
  return {
    data: { names, columns, rows: split.train.rows, labels: { class: classes, return: returns } },
    split,
    closeTime,
    symbols: recipe.universe.symbols,
    leftOut: [],
  };
}
