import { DataError } from "../core/errors.ts";
import { trailingDeviation } from "../labels/trailingDeviation.ts";
import type { BarSeries } from "../market/bars.ts";
import { calendarSplit } from "../models/multiTask/calendarSplit.ts";
import type { OutcomeColumns } from "../models/multiTask/multiTaskTargets.ts";
import { rowsOf, type StackedRows, type SymbolRows, stackRows } from "../models/multiTask/stackedRows.ts";
import type { TimeSplit } from "../models/validation/index.ts";
import { featuresOf, labelerOf } from "./dataset.ts";
import { difficultyOf } from "./difficulty.ts";
import type { MultiTaskRecipe } from "./recipeSchema.ts";
import { knownWhileMember } from "./recipeUniverse.ts";
import { requireWindow } from "./requireWindow.ts";
import { outcomesOf, sixHorizons } from "./sixOutcomes.ts";
import { recipePanel, type Surroundings } from "./surroundings.ts";

/** Rows that a symbol must give: with fewer its part of the test is a handful of days. */
const LEAST_ROWS = 100;

export interface DroppedSymbol {
  symbol: string;
  reason: string;
}

/** All symbols of a recipe that are long enough, one below the other, with their outcomes and the split by time. */
export interface SixHeadsData {
  readonly names: readonly string[];
  readonly stack: StackedRows;
  readonly outcomes: OutcomeColumns;
  /** [N] realised volatility of as many bars before the decision as the label looks ahead: what costs nothing to say */
  readonly trailingVolatility: Float32Array;
  /** [N] where the recipe has a curriculum */
  readonly difficulty?: Float32Array;
  readonly split: TimeSplit;
  readonly dropped: readonly DroppedSymbol[];
}

const TRAILING = "trailingVolatility";
const DIFFICULTY = "difficulty";

/**
 * Features of each symbol beside its surroundings (`recipePanel`) and its six outcomes, stacked, and split at the same moments
 * for all. A symbol that gives too few rows is left out with the reason.
 * @throws DataError when none is left; UsageError when a part of the split stays empty
 */
export function sixHeadsData(
  recipe: MultiTaskRecipe,
  symbols: readonly BarSeries[],
  around: Surroundings,
): SixHeadsData {
  const features = featuresOf(recipe);
  const labeler = labelerOf(recipe);
  const { window } = recipe.model;
  requireWindow(window, symbols);
  const lookback = Math.max(...features.map((f) => f.lookback));
  const order = recipe.training.curriculum?.order;
  const judged = sixHorizons(recipe).direction;
  const parts: SymbolRows[] = [];
  const dropped: DroppedSymbol[] = [];
  for (const bars of symbols) {
    const panel = recipePanel(recipe, bars, around);
    const labels = labeler.label(panel);
    const columns = Object.fromEntries(labeler.columns.map((name, i) => [name, labels.values[i]!]));
    const part: SymbolRows = {
      symbol: bars.instrument,
      closeTime: bars.closeTime,
      knownAt: knownWhileMember(labels.knownAt, bars.closeTime, recipe.universe.periods?.[bars.instrument]),
      close: bars.close,
      features: features.flatMap((f) => f.compute(panel)),
      targets: {
        ...columns,
        [TRAILING]: trailingVolatility(bars.close, labeler.horizonBars),
        ...(order
          ? { [DIFFICULTY]: difficultyOf(recipe, order, bars.close, columns[`return${judged}`]!, judged) }
          : {}),
      },
      firstRow: lookback,
    };
    const rows = rowsOf(part, window).length;
    if (rows >= LEAST_ROWS) parts.push(part);
    else {
      dropped.push({
        symbol: bars.instrument,
        reason: `${bars.length} bars give ${rows} rows with a whole window, context and outcome; ${LEAST_ROWS} are needed, ${lookback + window} bars come before the first and ${labeler.horizonBars} after the last`,
      });
    }
  }
  if (parts.length === 0) {
    const [first] = dropped;
    throw new DataError(
      `recipe '${recipe.name}': no symbol is left to train on; ${first ? `${first.symbol}: ${first.reason}` : "it names none"}: import more bars`,
    );
  }
  const stack = stackRows(parts, window);
  const { [TRAILING]: trailing, [DIFFICULTY]: difficulty, ...outcomes } = stack.targets;
  return {
    names: features.flatMap((f) => f.columns),
    stack,
    outcomes: outcomesOf(outcomes, sixHorizons(recipe)),
    trailingVolatility: trailing!,
    ...(difficulty ? { difficulty } : {}),
    split: calendarSplit({ ...stack, rows: stack.usable }, recipe.split, window),
    dropped,
  };
}

/** [T] sample deviation (n - 1) of the last n one-bar log returns, a bar; NaN before there are n. */
export function trailingVolatility(close: Float64Array, n: number): Float32Array {
  const returns = close.map((c, t) =>
    t > 0 && c > 0 && close[t - 1]! > 0 ? Math.log(c / close[t - 1]!) : Number.NaN,
  );
  return Float32Array.from(trailingDeviation(returns, n));
}
