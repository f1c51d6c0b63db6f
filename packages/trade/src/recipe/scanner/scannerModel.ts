import { DataError, UsageError } from "../../core/errors.ts";
import { SignalNet } from "../../models/signalNet/signalNet.ts";
import { type FittedStack, openStack } from "../../models/tabular/openStack.ts";
import { listModels, loadModel, openWorkspace, readManifest, type Workspace } from "../../store/index.ts";
import { GRAPH_FILE } from "../modelManifest.ts";
import type { ScannerManifest } from "./scannerManifest.ts";
import { baseFile, parseScannerManifest, timeframeFile } from "./trainScanner.ts";

/** A trained recipe of stages, ready to be asked. Close it. */
export interface ScannerModel {
  readonly manifest: ScannerManifest;
  /** by timeframe; those without a network are not there */
  readonly nets: ReadonlyMap<string, SignalNet>;
  readonly stack: FittedStack;
  close(): Promise<void>;
}

export const isScannerManifest = (manifest: Readonly<Record<string, unknown>>): boolean =>
  manifest.task === "scan";

/** Models of recipes of stages, newest first; a damaged one is left out. */
export async function scannerModels(workspace: Workspace): Promise<ScannerManifest[]> {
  const { models } = await listModels(workspace);
  return models.filter(isScannerManifest).flatMap((model) => {
    try {
      return [parseScannerManifest(model, model.id)];
    } catch {
      return [];
    }
  });
}

/**
 * The model of that id, or the newest of the recipe.
 * @throws DataError when there is none; UsageError when it is of another kind
 */
export async function openScannerModel(
  workspace: Workspace,
  asked: { readonly model?: string | undefined; readonly recipe?: string | undefined },
): Promise<ScannerModel> {
  const { model, recipe = "scanner" } = asked;
  const found = model ?? (await scannerModels(workspace)).find((m) => m.recipe.name === recipe)?.id;
  if (found === undefined)
    throw new DataError(
      `recipe '${recipe}' has no model yet: train one with ./orion train --recipe ${recipe}`,
    );
  const stored = await loadModel(workspace, found);
  if (!isScannerManifest(stored.manifest))
    throw new UsageError(
      `model ${found} scans nothing: name one of a recipe of stages, such as scanner's, or take ./orion predict`,
    );
  const manifest = parseScannerManifest(stored.manifest, found);
  const file = (name: string): Uint8Array => {
    const bytes = stored.files.get(name);
    if (!bytes) throw new DataError(`model ${found} lacks ${name}: delete it and train it again`);
    return bytes;
  };
  const bases = manifest.stack.members.map(({ name }) => [name, file(baseFile(name))] as const);
  const stack = await openStack({ ...Object.fromEntries(bases), meta: file(GRAPH_FILE) }, manifest.stack);
  const nets = new Map<string, SignalNet>();
  const close = async (): Promise<void> => {
    await Promise.all([stack.close(), ...[...nets.values()].map((net) => net.close())]);
  };
  try {
    for (const { timeframe, net } of manifest.timeframes) {
      if (net) nets.set(timeframe, await SignalNet.open(file(timeframeFile(timeframe)), net));
    }
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { manifest, nets, stack, close };
}

/** Whether a stored model is one of a recipe of stages. @throws DataError when there is none of that id */
export async function isScannerModel(workspace: string, id: string): Promise<boolean> {
  return isScannerManifest(await readManifest(await openWorkspace(workspace), id));
}

/** Whether the workspace holds a model of stages of a recipe of this name. */
export async function isScannerName(workspace: string, recipe: string): Promise<boolean> {
  const models = await scannerModels(await openWorkspace(workspace));
  return models.some((model) => model.recipe.name === recipe);
}

/** @throws DataError when there is no such model, or it was changed */
export async function showScanner(workspace: string, id: string): Promise<ScannerManifest> {
  return parseScannerManifest(await readManifest(await openWorkspace(workspace), id), id);
}
