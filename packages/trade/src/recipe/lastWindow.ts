import { upperBound } from "../core/columns.ts";
import { DataError } from "../core/errors.ts";
import { isoTime, parseTime } from "../core/time.ts";
import type { BarSeries } from "../market/bars.ts";
import { checkSymbol } from "../market/index.ts";
import { slicePanel } from "../market/panel/slicePanel.ts";
import type { FeatureSet } from "../models/model.ts";
import type { Workspace } from "../store/index.ts";
import { computeFeatures, neededHistory, predictableRows } from "./dataset.ts";
import { recipeBars } from "./dataUse.ts";
import { readSurroundings } from "./readSurroundings.ts";
import type { Recipe } from "./recipeSchema.ts";
import { recipePanel } from "./surroundings.ts";

/** The last closed bar of a moment, ready to be predicted. */
export interface LastWindow {
  /** the recipe for the symbol that was asked for */
  readonly recipe: Recipe;
  /** the bars that the prediction needs, the predicted one last */
  readonly bars: BarSeries;
  readonly features: FeatureSet;
  /** the row of the last bar */
  readonly row: number;
}

/**
 * @param query.at the last bar closed by then; the last stored bar otherwise
 * @throws DataError when there is too little history, or a hole in the window
 */
export async function lastWindow(
  workspace: Workspace,
  modelRecipe: Recipe,
  query: { symbol?: string | undefined; at?: string | undefined },
): Promise<LastWindow> {
  const { universe } = modelRecipe;
  const symbols = query.symbol === undefined ? universe.symbols : [checkSymbol(query.symbol)];
  const recipe = { ...modelRecipe, universe: { ...universe, symbols } };
  const at = query.at === undefined ? undefined : parseTime(query.at, "at");
  const needed = neededHistory(recipe);
  const range = at === undefined ? {} : { to: at };
  const stored = await recipeBars(workspace, recipe, range);
  const whole = recipePanel(recipe, stored, await readSurroundings(workspace, recipe, { range }));
  const end = at === undefined ? stored.length : upperBound(stored.closeTime, at);
  const panel = slicePanel(whole, Math.max(0, end - needed), end);
  const bars = panel.series[0]!;
  const row = bars.length - 1;
  const features = computeFeatures(recipe, panel);
  if (!predictableRows(recipe, features).includes(row)) {
    throw new DataError(
      `${bars.instrument} ${universe.timeframe}: the bar that closed at ${isoTime(bars.closeTime[row]!)} cannot be predicted: the ${needed} bars up to it have a hole or are too few; see ./orion data check`,
    );
  }
  return { recipe, bars, features, row };
}
