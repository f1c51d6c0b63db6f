import { canonicalJson, sha256 } from "../../core/hash.ts";
import { listSeries, readFactors, type Workspace } from "../../store/index.ts";
import { type AnyRecipe, isMultiTask } from "../recipeSchema.ts";

/**
 * SHA-256 over what is stored of a recipe's symbols and their context: the hash of each series of any kind and timeframe,
 * and the factors where prices are adjusted. Equal bars give an equal fingerprint wherever and whenever they were stored.
 */
export async function dataFingerprint(workspace: Workspace, recipe: AnyRecipe): Promise<string> {
  const { symbols, market } = recipe.universe;
  const context = isMultiTask(recipe) ? recipe.universe.context : [];
  const isAdjusted = isMultiTask(recipe) && (recipe.universe.prices ?? "raw") !== "raw";
  const names = new Set([...symbols, ...context]);
  const told = (await listSeries(workspace))
    .filter((s) => s.market === market && names.has(s.symbol))
    .map(({ symbol, kind, timeframe, rows, sha256: hash }) =>
      canonicalJson({ symbol, kind, timeframe, rows, hash }),
    );
  if (isAdjusted) {
    for (const symbol of symbols) {
      const { day, priceFactor, splitFactor } = await readFactors(workspace, { symbol, market });
      told.push(canonicalJson({ symbol, factors: sha256(day, priceFactor, splitFactor) }));
    }
  }
  return sha256(told.toSorted().join("\n"));
}
