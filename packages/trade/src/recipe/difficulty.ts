import { returnThreshold, rowThresholds } from "../labels/returnThreshold.ts";
import { trailingDeviation } from "../labels/trailingDeviation.ts";
import type { CurriculumConfig } from "../models/training/trainingKeys.ts";
import type { AnyRecipe } from "./recipeSchema.ts";

/** Stands for a score that is not known: no row is harder. */
const HARDEST = 3e38;

/**
 * How hard each row is to learn, for a curriculum; larger is harder. With s[t] the sample deviation of the one-bar log
 * returns of the window that ends at t, r the return that the label judges, h its horizon in bars, and L its threshold:
 *
 *   volatility     s[t]
 *   labelClarity   -| |r[t]| - L[t] | / (s[t] sqrt(h))
 *
 * A row's score is made of its own past and its own label; rows of other parts do not move it.
 * @param returns by row, over `horizonBars`
 */
export function difficultyOf(
  recipe: AnyRecipe,
  order: CurriculumConfig["order"],
  close: Float64Array,
  returns: Float32Array,
  horizonBars: number,
): Float32Array {
  const oneBar = close.map((c, t) =>
    t > 0 && c > 0 && close[t - 1]! > 0 ? Math.log(c / close[t - 1]!) : Number.NaN,
  );
  const spread = trailingDeviation(oneBar, Math.max(2, recipe.model.window));
  const limits = rowThresholds(returnThreshold.parse(recipe.label["threshold"]), oneBar, horizonBars);
  const known = (score: number): number => (Number.isFinite(score) ? score : HARDEST);
  if (order === "volatility") return Float32Array.from(spread, known);
  return Float32Array.from(returns, (r, t) =>
    known(-Math.abs(Math.abs(r) - limits[t]!) / (spread[t]! * Math.sqrt(horizonBars))),
  );
}
