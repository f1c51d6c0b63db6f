import { existsSync } from "node:fs";
import { DataError, UsageError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { SignalNet } from "../models/signalNet/signalNet.ts";
import {
  deleteModel,
  listModels,
  loadModel,
  readManifest,
  saveModel,
  type Workspace,
  workspacePath,
} from "../store/index.ts";
import { decodeForecast } from "./forecastFile.ts";
import type { TimedForecast } from "./forecastRows.ts";
import {
  type AnyModelManifest,
  GRAPH_FILE,
  hasSixHeads,
  type ModelManifest,
  type MultiTaskModelManifest,
  parseManifest,
  sealOf,
} from "./modelManifest.ts";
import { gitRevision } from "./version.ts";

/** A signal model's forecasts of its validation and test rows. */
export const FORECAST_FILE = "forecasts.bin";

type Kept = "id" | "savedAt" | "files" | "seal" | "gitRevision";

/**
 * Puts a trained model on the shelf. Its id comes from what determined it and from its weights, so that the same
 * training twice is the same model once.
 */
export async function keepModel(
  workspace: Workspace,
  manifest: Omit<ModelManifest, Kept> | Omit<MultiTaskModelManifest, Kept>,
  onnx: Uint8Array,
  others: Readonly<Record<string, Uint8Array>>,
): Promise<AnyModelManifest> {
  const id = `${manifest.recipe.name}-${sha256(manifest.trainKey, sha256(onnx)).slice(0, 10)}`;
  if (existsSync(workspacePath(workspace, "models", id))) {
    const known = await loadModel(workspace, id)
      .then((stored) => parseManifest(stored.manifest, manifestPath(workspace, id)))
      .catch(() => undefined);
    if (known) return known;
    // damaged: what was trained anew takes its place
    await deleteModel(workspace, id);
  }
  const contents = { [GRAPH_FILE]: onnx, ...others };
  const files = Object.fromEntries(
    Object.entries(contents).map(([name, bytes]) => [
      name,
      { sha256: sha256(bytes), bytes: bytes.byteLength },
    ]),
  );
  const told = { ...manifest, gitRevision: gitRevision() };
  const seal = sealOf({ ...told, id, files });
  const saved = await saveModel(workspace, id, contents, { ...told, seal });
  return parseManifest(saved, manifestPath(workspace, id));
}

function manifestPath(workspace: Workspace, id: string): string {
  return workspacePath(workspace, "models", id, "manifest.json");
}

export async function readModelManifest(workspace: Workspace, id: string): Promise<AnyModelManifest> {
  return parseManifest(await readManifest(workspace, id), manifestPath(workspace, id));
}

/** Models, newest first; a damaged one is left out. */
export async function shelvedModels(workspace: Workspace): Promise<AnyModelManifest[]> {
  const { models } = await listModels(workspace);
  return models.flatMap((model) => {
    try {
      return [parseManifest(model, manifestPath(workspace, model.id))];
    } catch {
      return [];
    }
  });
}

/** The newest model for which `matches` holds. */
export async function findModel(
  workspace: Workspace,
  matches: (manifest: AnyModelManifest) => boolean,
): Promise<AnyModelManifest | undefined> {
  return (await shelvedModels(workspace)).find(matches);
}

/**
 * The newest model of a recipe; without one the newest that gives a signal.
 * @throws DataError when there is none; a damaged one is then named
 */
export async function newestModel(workspace: Workspace, recipe?: string): Promise<AnyModelManifest> {
  const found = await findModel(workspace, (m) =>
    recipe === undefined ? !hasSixHeads(m) : m.recipe.name === recipe,
  );
  if (found) return found;
  const { models, damaged } = await listModels(workspace);
  const [fault] = damaged.map((d) => d.reason);
  if (fault !== undefined) throw new DataError(fault);
  // those that the store could read and this program cannot, or cannot be asked for a signal
  for (const model of models) requireSignal(parseManifest(model, manifestPath(workspace, model.id)));
  throw new DataError(
    recipe === undefined
      ? "there is no model yet: train one with ./orion up or ./orion train --recipe orionquant"
      : `recipe '${recipe}' has no model yet: train one with ./orion train --recipe ${recipe}`,
  );
}

/** What is kept of a model; forecasts of a signal model only. */
export interface StoredModel {
  readonly manifest: AnyModelManifest;
  readonly onnx: Uint8Array;
  readonly forecast: TimedForecast | undefined;
}

/** @throws UsageError for an impossible id; DataError when there is none, or a file is missing, cut short or changed */
export async function readModel(workspace: Workspace, id: string): Promise<StoredModel> {
  const stored = await loadModel(workspace, id);
  const manifest = parseManifest(stored.manifest, manifestPath(workspace, id));
  const onnx = stored.files.get(GRAPH_FILE);
  const forecast = stored.files.get(FORECAST_FILE);
  if (!onnx || (!forecast && !hasSixHeads(manifest)))
    throw new DataError(`model ${id} lacks a file: delete it and train it again`);
  return { manifest, onnx, forecast: forecast && decodeForecast(forecast) };
}

/** A model ready to predict, with the forecasts that were made of its validation and test rows. Close the net. */
export interface OpenModel {
  readonly manifest: ModelManifest;
  readonly net: SignalNet;
  readonly forecast: TimedForecast;
}

/** @throws UsageError for a model that gives no signal of one symbol */
function requireSignal(manifest: AnyModelManifest): ModelManifest {
  if (!hasSixHeads(manifest)) return manifest;
  throw new UsageError(
    `model ${manifest.id} forecasts six tasks of ${manifest.data.symbols.length} symbols and gives no signal of one to trade: name a model such as orionquant's; what this one forecasts tells ./orion predict --model ${manifest.id}`,
  );
}

/** @throws UsageError for an impossible id or a model without a signal; DataError when there is none, or a file is missing, cut short or changed */
export async function openModel(workspace: Workspace, id?: string): Promise<OpenModel> {
  const wanted = id ?? (await newestModel(workspace)).id;
  const { manifest: found, onnx, forecast } = await readModel(workspace, wanted);
  const manifest = requireSignal(found);
  if (!forecast) throw new DataError(`model ${wanted} lacks a file: delete it and train it again`);
  return { manifest, forecast, net: await SignalNet.open(onnx, manifest.net) };
}

/** Copies the graph and the manifest of a model to FILE.onnx and FILE.json. */
export async function readGraph(workspace: Workspace, id: string): Promise<Uint8Array> {
  const { files } = await loadModel(workspace, id);
  const onnx = files.get(GRAPH_FILE);
  if (!onnx) throw new UsageError(`model ${id} holds no ${GRAPH_FILE}`);
  return onnx;
}
