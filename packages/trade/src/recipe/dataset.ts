import { DataError } from "../core/errors.ts";
import { createPart } from "../core/parts.ts";
import { isoTime, timeframeMs } from "../core/time.ts";
import { type Feature, featureParts, rollingFeature } from "../features/index.ts";
import { type Labeler, labelParts } from "../labels/index.ts";
import { type BarSeries, type Panel, singlePanel } from "../market/bars.ts";
import type { Dataset, FeatureSet } from "../models/model.ts";
import { withoutHoles } from "../models/sequence/featureMatrix.ts";
import { type TimeSplit, timeSplit, usableRows } from "../models/validation/index.ts";
import { difficultyOf } from "./difficulty.ts";
import type { AnyRecipe, Recipe } from "./recipeSchema.ts";
import { requireWindow } from "./requireWindow.ts";
import { ALONE, recipePanel, type Surroundings } from "./surroundings.ts";

/** Length of a bar in ms where bars follow one another around the clock; null under exchange hours. */
export function barStepMs(recipe: AnyRecipe): number | null {
  return recipe.universe.market === "stock" ? null : timeframeMs(recipe.universe.timeframe);
}

/** The recipe's features; under rolling scaling each is told by its own last bars, which are a part of its memory. */
export function featuresOf(recipe: AnyRecipe): readonly Feature[] {
  const { scaling } = recipe;
  const features = recipe.features.map((spec, i) => createPart(featureParts, spec, `features.${i}`));
  return scaling.kind === "rolling" ? features.map((f) => rollingFeature(f, scaling.lookbackBars)) : features;
}

export function labelerOf(recipe: AnyRecipe): Labeler {
  return createPart(labelParts, recipe.label, "label");
}

/** Bars that the model needs before a row to predict it: the features' memory and its window. */
export function neededHistory(recipe: AnyRecipe): number {
  return Math.max(...featuresOf(recipe).map((f) => f.lookback)) + recipe.model.window;
}

/** The recipe's columns over the bars of a `recipePanel` or a slice of it, one beside the other. */
export function computeFeatures(recipe: Recipe, panel: Panel): FeatureSet {
  const parts = featuresOf(recipe);
  return {
    names: parts.flatMap((part) => part.columns),
    columns: parts.flatMap((part) => part.compute(panel)),
    closeTime: panel.closeTime,
  };
}

export interface LabelledData {
  readonly features: FeatureSet;
  readonly classes: Float32Array;
  readonly returns: Float32Array;
  /** where the recipe has a curriculum */
  readonly difficulty?: Float32Array;
  readonly history?: Dataset["history"];
  readonly split: TimeSplit;
}

/**
 * Rows that can be predicted: a full window of finite values without a hole, each with the features' whole memory before
 * it, so that a row's values do not depend on where the history happens to begin.
 */
export function predictableRows(recipe: Recipe, features: FeatureSet): Int32Array {
  const first = neededHistory(recipe) - 1;
  const rows = usableRows(features.columns, recipe.model.window).filter((row) => row >= first);
  return withoutHoles(rows, features.closeTime, recipe.model.window, barStepMs(recipe));
}

/**
 * Features, labels and the split by time of a recipe's bars.
 * @throws DataError when there are too few bars; UsageError when a part of the split stays empty
 */
export function labelledData(recipe: Recipe, bars: BarSeries, around: Surroundings = ALONE): LabelledData {
  const needed = neededHistory(recipe);
  requireWindow(recipe.model.window, [bars]);
  if (bars.length < needed + 100) {
    const until = bars.length > 0 ? ` up to ${isoTime(bars.closeTime[bars.length - 1]!)}` : "";
    throw new DataError(
      `${bars.instrument} has ${bars.length} bars${until}; recipe '${recipe.name}' needs ${needed} before its first prediction and at least 100 after: import or download more`,
    );
  }
  const features = computeFeatures(recipe, recipePanel(recipe, bars, around));
  const labeler = labelerOf(recipe);
  const labels = labeler.label(singlePanel(bars));
  const [classes, returns] = labels.values as [Float32Array, Float32Array];
  const rows = predictableRows(recipe, features).filter((row) => Number.isFinite(classes[row]!));
  const split = timeSplit(
    { closeTime: bars.closeTime, knownAt: labels.knownAt, rows },
    recipe.split,
    recipe.model.window,
  );
  const order = recipe.training.curriculum?.order;
  const history = { knownAt: labels.knownAt, close: bars.close };
  if (order === undefined) return { features, classes, returns, history, split };
  const difficulty = difficultyOf(recipe, order, bars.close, returns, labeler.horizonBars);
  return { features, classes, returns, history, split, difficulty };
}
