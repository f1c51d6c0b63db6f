import { DataError, UsageError } from "../../core/errors.ts";
import { readManifest, type Workspace } from "../../store/index.ts";
import type { ScannerManifest } from "./scannerManifest.ts";
import { isScannerManifest, scannerModels } from "./scannerModel.ts";
import { parseScannerManifest } from "./trainScanner.ts";

/**
 * The manifest, without its graphs, of the model of that id, or of the newest of the recipe (`scanner` unless given).
 * @throws DataError when there is none; UsageError when it is of another kind
 */
export async function scannerManifestOf(
  workspace: Workspace,
  asked: { readonly model?: string | undefined; readonly recipe?: string | undefined },
): Promise<ScannerManifest> {
  const { model, recipe = "scanner" } = asked;
  if (model === undefined) {
    const newest = (await scannerModels(workspace)).find((m) => m.recipe.name === recipe);
    if (newest) return newest;
    throw new DataError(
      `recipe '${recipe}' has no model yet: train one with ./orion train --recipe ${recipe}`,
    );
  }
  const manifest = await readManifest(workspace, model);
  if (!isScannerManifest(manifest))
    throw new UsageError(
      `model ${model} scans nothing: name one of a recipe of stages, such as scanner's, or take ./orion predict`,
    );
  return parseScannerManifest(manifest, model);
}
