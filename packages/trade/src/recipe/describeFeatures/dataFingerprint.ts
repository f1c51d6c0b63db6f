import { canonicalJson, sha256 } from "../../core/hash.ts";
import { findFactors, listSeries, type Workspace } from "../../store/index.ts";
import type { AnyRecipe } from "../recipeSchema.ts";
import type { SeenUniverse } from "../seenUniverse.ts";

/**
 * SHA-256 over what is stored of a recipe's symbols and of those that they are seen beside or ranked among: the hash of each
 * series of any kind and timeframe, and the factors where prices are adjusted. Equal bars give an equal fingerprint wherever
 * and whenever they were stored.
 */
export async function dataFingerprint(workspace: Workspace, recipe: AnyRecipe): Promise<string> {
  const { symbols, market, context = [], peers = [], prices = "raw" }: SeenUniverse = recipe.universe;
  const names = new Set([...symbols, ...context, ...peers]);
  const told = (await listSeries(workspace))
    .filter((s) => s.market === market && names.has(s.symbol))
    .map(({ symbol, kind, timeframe, rows, sha256: hash }) =>
      canonicalJson({ symbol, kind, timeframe, rows, hash }),
    );
  if (prices !== "raw") {
    for (const symbol of names) {
      const factors = await findFactors(workspace, { symbol, market });
      if (!factors) continue;
      const { day, priceFactor, splitFactor } = factors;
      told.push(canonicalJson({ symbol, factors: sha256(day, priceFactor, splitFactor) }));
    }
  }
  return sha256(told.toSorted().join("\n"));
}
