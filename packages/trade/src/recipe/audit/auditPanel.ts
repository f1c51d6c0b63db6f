import type { Panel } from "../../market/bars.ts";
import { peersOf } from "../peersOf.ts";
import { type AnyRecipe, isMultiTask } from "../recipeSchema.ts";
import { recipePanel, type Surroundings } from "../surroundings.ts";
import type { AuditBars } from "./auditPipeline.ts";

/** A recipe's panels over any bars: the symbols of `bars` as they would be were these all that is stored. */
export function auditPanel(recipe: AnyRecipe): (bars: AuditBars, target: number) => Panel {
  const known = new WeakMap<AuditBars, Surroundings>();
  return (bars, target) => {
    const around = known.get(bars) ?? surroundingsOf(recipe, bars);
    known.set(bars, around);
    return recipePanel(recipe, bars.targets[target]!, around);
  };
}

function surroundingsOf(recipe: AnyRecipe, { targets, context, beside, peers }: AuditBars): Surroundings {
  const pairs = beside?.map((one, i) => [targets[i]!.instrument, one] as const);
  return {
    context,
    ...(pairs ? { beside: new Map(pairs) } : {}),
    ...(peers && isMultiTask(recipe) ? { peers: peersOf(recipe.universe, [...targets, ...peers]) } : {}),
  };
}
