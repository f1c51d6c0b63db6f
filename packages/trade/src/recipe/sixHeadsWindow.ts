import { upperBound } from "../core/columns.ts";
import { DataError } from "../core/errors.ts";
import { isoTime, parseTime } from "../core/time.ts";
import type { BarSeries } from "../market/bars.ts";
import { slicePanel } from "../market/panel/slicePanel.ts";
import { usableRows } from "../models/validation/index.ts";
import type { Workspace } from "../store/index.ts";
import { featuresOf, neededHistory } from "./dataset.ts";
import { recipeBars } from "./dataUse.ts";
import { readSurroundings } from "./readSurroundings.ts";
import type { MultiTaskRecipe } from "./recipeSchema.ts";
import { recipePanel } from "./surroundings.ts";

/** The last closed bar of a symbol beside its context, ready to be forecast. */
export interface SixHeadsWindow {
  /** the bars that the forecast needs, the one that it is made on last */
  readonly bars: BarSeries;
  readonly names: readonly string[];
  readonly columns: readonly Float32Array[];
  /** the row of the last bar */
  readonly row: number;
}

/** Reads the context once, for the windows of any number of symbols. @param at the last bars closed by then */
export async function sixHeadsWindows(
  workspace: Workspace,
  recipe: MultiTaskRecipe,
  at?: string,
): Promise<(symbol: string) => Promise<SixHeadsWindow>> {
  const until = at === undefined ? undefined : parseTime(at, "at");
  const range = until === undefined ? {} : { to: until };
  const around = await readSurroundings(workspace, recipe, { range });
  const features = featuresOf(recipe);
  const needed = neededHistory(recipe);
  return async (symbol) => {
    const stored = await recipeBars(
      workspace,
      { universe: { ...recipe.universe, symbols: [symbol] } },
      range,
    );
    const end = until === undefined ? stored.length : upperBound(stored.closeTime, until);
    const panel = slicePanel(recipePanel(recipe, stored, around), Math.max(0, end - needed), end);
    const bars = panel.series[0]!;
    const columns = features.flatMap((f) => f.compute(panel));
    const row = bars.length - 1;
    const isWhole = bars.length >= needed && usableRows(columns, recipe.model.window).at(-1) === row;
    if (!isWhole)
      throw new DataError(
        `${symbol} ${recipe.universe.timeframe}: the bar that closed at ${isoTime(bars.closeTime[row]!)} cannot be forecast: the ${needed} bars up to it, or those of ${recipe.universe.context.join(", ") || "its context"}, have a hole or are too few; see ./orion data check`,
      );
    return { bars, names: features.flatMap((f) => f.columns), columns, row };
  };
}
