import { timeframeMs } from "../core/time.ts";
import { type BarSeries, type Panel, singlePanel } from "../market/bars.ts";
import { checkSymbol } from "../market/index.ts";
import { alignPanel } from "../market/panel/alignPanel.ts";
import type { Workspace } from "../store/index.ts";
import { contextBars } from "./contextBars.ts";
import { recipeBars } from "./dataUse.ts";
import { type AnyRecipe, isMultiTask } from "./recipeSchema.ts";

/** The recipe for one symbol instead of its own; as it is when none is named. */
export function recipeFor<R extends AnyRecipe>(recipe: R, symbol: string | undefined): R {
  if (symbol === undefined) return recipe;
  return { ...recipe, universe: { ...recipe.universe, symbols: [checkSymbol(symbol)] } };
}

/** The bars of each symbol of a recipe, and of what they are seen beside. */
export interface RecipeSeries {
  readonly bars: readonly BarSeries[];
  readonly context: readonly BarSeries[];
}

/** @throws DataError when a symbol, or an instrument of the context, is not stored */
export async function recipeSeries(
  workspace: Workspace,
  recipe: AnyRecipe,
  signal: AbortSignal | undefined,
): Promise<RecipeSeries> {
  const bars: BarSeries[] = [];
  // in the order in which a training stacks them
  for (const symbol of recipe.universe.symbols.toSorted()) {
    signal?.throwIfAborted();
    bars.push(await recipeBars(workspace, { universe: { ...recipe.universe, symbols: [symbol] } }));
  }
  return { bars, context: isMultiTask(recipe) ? await contextBars(workspace, recipe, {}) : [] };
}

/** What a recipe's features are computed on: a symbol alone, or beside its context as of each close. */
export function recipePanel(recipe: AnyRecipe, bars: BarSeries, context: readonly BarSeries[]): Panel {
  if (!isMultiTask(recipe)) return singlePanel(bars);
  return alignPanel(bars, context, { barMs: timeframeMs(recipe.universe.timeframe) });
}
