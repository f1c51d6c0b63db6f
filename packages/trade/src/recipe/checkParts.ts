import { type AnyPart, createPart } from "../core/parts.ts";
import { featureParts } from "../features/index.ts";
import { type Labeler, labelParts } from "../labels/index.ts";
import { RISK_RULES } from "../risk/index.ts";
import { SIZERS } from "../signals/index.ts";
import { needsFault } from "./needsFault.ts";
import type { RecipeFault } from "./recipeFault.ts";
import type { AnyRecipeFile, RecipeFile } from "./recipeSchema.ts";

/**
 * The first fault in the parts that a recipe names, or undefined. Sizer and risk rules are made only after the
 * training: a slip of the pen there must not cost a night.
 */
export function partsFault(recipe: AnyRecipeFile): RecipeFault | undefined {
  return (
    firstFault(recipe.features, (spec, i) => partFault(featureParts, spec, ["features", i])) ??
    needsFault(recipe) ??
    partFault(labelParts, recipe.label, ["label"]) ??
    ("sizing" in recipe
      ? (labelFault(recipe) ??
        partFault(SIZERS, recipe.sizing, ["sizing"]) ??
        firstFault(recipe.risk, (spec, i) => partFault(RISK_RULES, spec, ["risk", i])))
      : undefined)
  );
}

/** What a network that is traded bar by bar cannot learn from a label that is sound in itself. */
function labelFault({ label, training, profiles }: RecipeFile): RecipeFault | undefined {
  const [first, second] = createPart<Labeler>(labelParts, label, "label").columns;
  if (first !== "class" || second !== "forwardReturn") {
    return {
      path: ["label", "kind"],
      message: `'${label.kind}' tells no BUY, HOLD or SELL; choose threeClass, tripleBarrier or trendScanning`,
    };
  }
  const { events } = label as { events?: { kind?: unknown } };
  if (events !== undefined && events.kind !== "all") {
    return {
      path: ["label", "events"],
      message: "a recipe decides at every bar, and has to learn from all of them: leave this key out",
    };
  }
  const ordersByThreshold = [training, profiles.quick?.training, profiles.default?.training].some(
    (one) => one?.curriculum?.order === "labelClarity",
  );
  return ordersByThreshold && label.kind !== "threeClass"
    ? {
        path: ["label", "kind"],
        message: `a curriculum by labelClarity asks for threeClass's threshold, which '${label.kind}' has not; order it by volatility`,
      }
    : undefined;
}

export function firstFault<T>(
  items: readonly T[],
  faultOf: (item: T, i: number) => RecipeFault | undefined,
): RecipeFault | undefined {
  for (const [i, item] of items.entries()) {
    const fault = faultOf(item, i);
    if (fault) return fault;
  }
  return undefined;
}

export function partFault(
  parts: readonly AnyPart<unknown>[],
  spec: { readonly kind: string },
  path: readonly PropertyKey[],
): RecipeFault | undefined {
  const part = parts.find((p) => p.kind === spec.kind);
  if (!part) {
    const known = parts.map((p) => p.kind).join(", ");
    return { path: [...path, "kind"], message: `there is no '${spec.kind}'; choose one of ${known}` };
  }
  const { kind: _kind, ...config } = spec;
  const parsed = part.config.safeParse(config);
  if (parsed.success) return undefined;
  const { issues } = parsed.error;
  const issue = issues.find((i) => i.code === "unrecognized_keys") ?? issues[0]!;
  return {
    path: [...path, ...issue.path],
    message: issue.message,
    ...(issue.code === "unrecognized_keys" ? { unknownKey: issue.keys[0]! } : {}),
  };
}
