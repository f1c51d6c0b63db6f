import { UsageError } from "../core/errors.ts";
import type { ColumnDoc } from "../features/index.ts";
import { attentionLayers, exportAttention, readOnnxSummary } from "../models/index.ts";
import { deleteModel, openWorkspace, writeAtomically } from "../store/index.ts";
import type { ModelSummary, RecipeSummary, TrainProfile } from "../wire/training.ts";
import { featuresOf, labelerOf } from "./dataset.ts";
import { applyProfile, listRecipes, loadRecipe } from "./loadRecipe.ts";
import { type AnyModelManifest, summaryOf } from "./modelManifest.ts";
import { modelNetwork } from "./modelNetwork.ts";
import { newestModel, readGraph, readModelManifest, shelvedModels } from "./modelShelf.ts";
import { isScannerRecipe } from "./scanner/loadScanner.ts";
import { scannerModels } from "./scanner/scannerModel.ts";
import { scannerSummary } from "./scanner/scannerSummary.ts";

/** The trained models, newest first. */
export async function listModels(workspace: string): Promise<ModelSummary[]> {
  const opened = await openWorkspace(workspace);
  const all = [
    ...(await shelvedModels(opened)).map((m) => ({ savedAt: m.savedAt, summary: summaryOf(m) })),
    ...(await scannerModels(opened)).map((m) => ({ savedAt: m.savedAt, summary: scannerSummary(m) })),
  ];
  return all.sort((a, b) => b.savedAt - a.savedAt).map(({ summary }) => summary);
}

/** @throws DataError when there is no such model */
export async function showModel(workspace: string, id: string): Promise<AnyModelManifest> {
  return readModelManifest(await openWorkspace(workspace), id);
}

/** The id of the newest model of a recipe. @throws DataError when there is none */
export async function newestModelOf(workspace: string, recipe: string): Promise<string> {
  return (await newestModel(await openWorkspace(workspace), recipe)).id;
}

/**
 * Writes a model's graph to `out` (which ends in .onnx) and its manifest beside it.
 * @param options.attention with the weights of its attention as further outputs (see `exportAttention`)
 * @throws UsageError when these are wanted of a network that has none
 */
export async function exportModel(
  workspace: string,
  id: string,
  out: string,
  options: { attention?: boolean } = {},
): Promise<{ onnx: string; manifest: string; bytes: number; outputs: string[] }> {
  const opened = await openWorkspace(workspace);
  const manifest = await readModelManifest(opened, id);
  const stored = await readGraph(opened, id);
  const graph = options.attention ? withAttention(manifest, stored) : stored;
  const manifestFile = out.replace(/\.onnx$/, ".json");
  await writeAtomically(out, graph);
  await writeAtomically(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  const outputs = readOnnxSummary(graph).outputs.map((o) => o.name);
  return { onnx: out, manifest: manifestFile, bytes: graph.byteLength, outputs };
}

function withAttention(manifest: AnyModelManifest, stored: Uint8Array): Uint8Array {
  const known = modelNetwork(manifest, stored);
  if (attentionLayers(known).length === 0)
    throw new UsageError(
      `model ${manifest.id}: its network, ${manifest.net.network.kind}, has no attention: export it without --attention`,
    );
  return exportAttention(known, readOnnxSummary(stored).metadata);
}

export async function removeModel(workspace: string, id: string): Promise<void> {
  await deleteModel(await openWorkspace(workspace), id);
}

/** The recipes that come with Orion and train one network; those of stages are asked by a scan. */
export async function listRecipeSummaries(): Promise<RecipeSummary[]> {
  const names: string[] = [];
  for (const name of await listRecipes()) if (!(await isScannerRecipe(name))) names.push(name);
  const recipes = await Promise.all(names.map((name) => loadRecipe(name)));
  return recipes.map((file) => ({
    name: file.name,
    about: file.about,
    symbol: file.universe.symbols[0]!,
    timeframe: file.universe.timeframe,
    horizonBars: labelerOf(applyProfile(file, "full")).horizonBars,
  }));
}

/** Every column of a recipe with its formula and source. */
export async function listFeatures(recipe: string): Promise<ColumnDoc[]> {
  return featuresOf(applyProfile(await loadRecipe(recipe), "full")).flatMap((f) => f.docs);
}

/** @throws UsageError that lists the profiles */
export function checkProfile(text: string): TrainProfile {
  if (text === "quick" || text === "default" || text === "full") return text;
  throw new UsageError(`profile '${text}' is not known: choose quick, default or full`);
}
