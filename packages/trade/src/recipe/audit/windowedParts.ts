import { featuresOf, labelerOf } from "../dataset.ts";
import type { AnyRecipe } from "../recipeSchema.ts";
import { auditPanel } from "./auditPanel.ts";
import type { AuditPipeline } from "./auditPipeline.ts";

/** What an audit asks of every recipe that learns from windows of features, whatever its labels. */
export function windowedParts(
  recipe: AnyRecipe,
): Pick<
  AuditPipeline,
  "recipe" | "columns" | "lookback" | "window" | "labels" | "panel" | "features" | "label"
> {
  const features = featuresOf(recipe);
  const labeler = labelerOf(recipe);
  return {
    recipe: recipe.name,
    columns: features.flatMap((f) => f.columns),
    lookback: Math.max(...features.map((f) => f.lookback)),
    window: recipe.model.window,
    labels: labeler.columns,
    panel: auditPanel(recipe),
    features: (panel) => features.flatMap((f) => f.compute(panel)),
    label: (panel) => labeler.label(panel),
  };
}
