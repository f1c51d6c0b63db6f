import { createPart } from "../core/parts.ts";
import { type Feature, featureParts } from "../features/index.ts";
import type { RecipeFault } from "./recipeFault.ts";
import type { AnyRecipeFile } from "./recipeSchema.ts";
import { asksForSixHeads } from "./recipeSchema.ts";

/**
 * The first thing that a feature reads of the market and the recipe does not name, or undefined. Its features are sound in
 * themselves.
 */
export function needsFault(recipe: AnyRecipeFile): RecipeFault | undefined {
  const { universe } = recipe;
  if (universe.beside?.length && universe.market !== "futures")
    return { path: ["universe", "beside"], message: `only futures have ${universe.beside.join(", ")}` };
  for (const [i, spec] of recipe.features.entries()) {
    const { needs = {} }: Feature = createPart(featureParts, spec, `features.${i}`);
    const message =
      besideFault(needs, universe.beside ?? []) ??
      contextFault(needs, "context" in universe ? universe.context : []) ??
      peersFault(needs, recipe);
    if (message !== undefined) return { path: ["features", i, "kind"], message: `${spec.kind} ${message}` };
  }
  return undefined;
}

type Needs = NonNullable<Feature["needs"]>;

function besideFault({ beside = [] }: Needs, named: readonly string[]): string | undefined {
  const missing = beside.filter((kind) => !named.includes(kind));
  if (missing.length === 0) return undefined;
  return `reads ${missing.join(", ")}: write beside: [${[...named, ...missing].join(", ")}] under universe`;
}

function contextFault({ context = [] }: Needs, named: readonly string[]): string | undefined {
  const missing = context.filter((name) => !named.includes(name));
  if (missing.length === 0) return undefined;
  return `reads ${missing.join(", ")}: name them in a recipe of many symbols under universe.context`;
}

function peersFault({ peers }: Needs, recipe: AnyRecipeFile): string | undefined {
  if (peers === undefined) return undefined;
  if (!asksForSixHeads(recipe)) return "ranks a symbol among others, and this recipe has one";
  const { file, sectors } = recipe.universe as { file?: string; sectors?: object };
  const hasSectors = file !== undefined || Object.keys(sectors ?? {}).length > 0;
  return peers === "sectors" && !hasSectors
    ? "compares with sectors: name them by symbol under universe.sectors, or say sectorRelative: false"
    : undefined;
}
