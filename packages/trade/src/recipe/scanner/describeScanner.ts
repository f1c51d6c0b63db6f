import { messageOf, OrionError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import type { ScanModel, ScanModelQuery, ScanModelResponse } from "../../wire/scanModel.ts";
import { workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { listRecipes } from "../recipeFile.ts";
import { isScannerRecipe } from "./loadScanner.ts";
import type { ScannerManifest } from "./scannerManifest.ts";
import { scannerManifestOf } from "./scannerManifestOf.ts";
import { scannerModels } from "./scannerModel.ts";

/**
 * What a scan would be told by: the model named, or the newest of the recipe, with its report on the test rows; beside it the
 * recipes and models to choose from. A recipe without a model is an answer, not a fault.
 * @throws DataError for a model by name that is not there; UsageError when it is of another kind
 */
export async function describeScanner(
  context: PipelineContext,
  { recipe = "scanner", model }: ScanModelQuery = {},
): Promise<ScanModelResponse> {
  const workspace = await workspaceOf(context);
  const models = await scannerModels(workspace);
  const house = await listRecipes();
  const scanning = await Promise.all(house.map((name) => isScannerRecipe(name)));
  const recipes = new Set([
    ...house.filter((_, i) => scanning[i]),
    ...models.map((one) => one.recipe.name).sort(),
  ]);
  const found = await answerOf(() => scannerManifestOf(workspace, { recipe, model }), model !== undefined);
  return {
    recipes: [...recipes],
    models: models.map(({ id, recipe: { name }, savedAt }) => ({
      id,
      recipe: name,
      createdAt: isoTime(savedAt),
    })),
    model: found.manifest ? scanModelOf(found.manifest) : null,
    missing: found.missing,
  };
}

async function answerOf(
  ask: () => Promise<ScannerManifest>,
  isNamed: boolean,
): Promise<{ manifest: ScannerManifest | undefined; missing: string | null }> {
  try {
    return { manifest: await ask(), missing: null };
  } catch (thrown) {
    if (isNamed || !(thrown instanceof OrionError)) throw thrown;
    return { manifest: undefined, missing: messageOf(thrown) };
  }
}

export function scanModelOf(manifest: ScannerManifest): ScanModel {
  const { recipe, classes, ranges, horizonBars } = manifest;
  const { diversity: _diversity, ...test } = manifest.test;
  const range = ({ from, to }: { from: number; to: number }) => ({ from: isoTime(from), to: isoTime(to) });
  const byClass = (of: (told: ScannerManifest["classes"][string]) => number): ScanModel["base_rates"] =>
    Object.fromEntries(
      SIGNALS.map((name) => [name, classes[name] ? of(classes[name]) : 0]),
    ) as ScanModel["base_rates"];
  return {
    id: manifest.id,
    recipe: recipe.name,
    profile: manifest.profile,
    createdAt: isoTime(manifest.savedAt),
    market: recipe.universe.market,
    timeframe: recipe.universe.timeframe,
    indices: [...recipe.universe.indices],
    time_horizon: `${horizonBars} bars of ${recipe.universe.timeframe}`,
    symbols: manifest.data.symbols.length,
    rows: manifest.rows,
    ranges: {
      train: range(ranges.train),
      validation: range(ranges.validation),
      test: range(ranges.test),
    },
    filter: {
      min_confidence: recipe.signals.minConfidence,
      max_risk: recipe.signals.maxRisk,
      top: recipe.signals.top,
    },
    timeframes: manifest.timeframes.map(({ timeframe, net, windows, symbols, covered, notes }) => ({
      timeframe,
      windows: net ? windows : null,
      symbols,
      covered,
      note: net ? null : (notes.at(-1) ?? "too few bars were stored"),
    })),
    bases: manifest.stack.members.map(({ name }) => name),
    base_rates: byClass(({ share }) => share),
    mean_returns: byClass(({ meanReturn }) => meanReturn),
    test,
    failed: manifest.failed,
  };
}
