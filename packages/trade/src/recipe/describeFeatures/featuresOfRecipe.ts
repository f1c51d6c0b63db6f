import type { FeaturesQuery, FeaturesResponse } from "../../wire/features.ts";
import { featuresOf } from "../dataset.ts";
import { applyProfile, loadRecipe } from "../loadRecipe.ts";
import { isMultiTask } from "../recipeSchema.ts";

/** What a recipe's network sees: each column with its formula, source, set and lookback. Reads no bars. */
export async function featuresOfRecipe({ recipe: name }: FeaturesQuery): Promise<FeaturesResponse> {
  const recipe = applyProfile(await loadRecipe(name), "default");
  const parts = featuresOf(recipe);
  return {
    recipe: recipe.name,
    about: recipe.about,
    market: recipe.universe.market,
    timeframe: recipe.universe.timeframe,
    symbols: recipe.universe.symbols.toSorted(),
    context: isMultiTask(recipe) ? recipe.universe.context : [],
    window: recipe.model.window,
    selection: recipe.selection ?? null,
    columns: parts.flatMap((part, p) =>
      part.docs.map(({ name: column, formula, source }) => ({
        ...{ name: column, formula, source },
        set: recipe.features[p]!.kind,
        lookback: part.lookback,
      })),
    ),
  };
}
