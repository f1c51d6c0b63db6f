import type { Feature } from "../features/index.ts";
import type { BarSeries } from "../market/bars.ts";
import { checkSymbol } from "../market/index.ts";
import type { Workspace } from "../store/index.ts";
import { featuresOf } from "./dataset.ts";
import { recipeBars } from "./dataUse.ts";
import { peerSymbols, surroundingsOf } from "./readSurroundings.ts";
import { type AnyRecipe, isMultiTask } from "./recipeSchema.ts";
import type { SeenUniverse } from "./seenUniverse.ts";
import type { Surroundings } from "./surroundings.ts";

/** The recipe for one symbol instead of its own, ranked as before; as it is when none is named. */
export function recipeFor<R extends AnyRecipe>(recipe: R, symbol: string | undefined): R {
  if (symbol === undefined) return recipe;
  const symbols = [checkSymbol(symbol)];
  const ranks = isMultiTask(recipe) && featuresOf(recipe).some((feature) => feature.needs?.peers);
  const peers = ranks ? { peers: peerSymbols(recipe.universe) } : {};
  return { ...recipe, universe: { ...recipe.universe, symbols, ...peers } };
}

/** The bars of each symbol of a recipe, and of what they are seen beside. */
export interface RecipeSeries {
  readonly bars: readonly BarSeries[];
  readonly context: Surroundings;
}

/** @throws DataError when a symbol, or what it is seen beside, is not stored */
export async function recipeSeries(
  workspace: Workspace,
  recipe: AnyRecipe,
  signal: AbortSignal | undefined,
): Promise<RecipeSeries> {
  return readSeries(workspace, recipe.universe, featuresOf(recipe), signal);
}

/** The same for features over any universe. */
export async function readSeries(
  workspace: Workspace,
  universe: SeenUniverse,
  features: readonly Feature[],
  signal: AbortSignal | undefined,
): Promise<RecipeSeries> {
  const bars: BarSeries[] = [];
  // in the order in which a training stacks them
  for (const symbol of universe.symbols.toSorted()) {
    signal?.throwIfAborted();
    bars.push(await recipeBars(workspace, { universe: { ...universe, symbols: [symbol] } }));
  }
  return { bars, context: await surroundingsOf(workspace, universe, features, { signal }) };
}
