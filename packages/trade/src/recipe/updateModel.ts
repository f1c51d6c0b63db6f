import { lowerBound, upperBound } from "../core/columns.ts";
import { DataError, UsageError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/hash.ts";
import { isoTime } from "../core/time.ts";
import { SIGNALS } from "../labels/labeler.ts";
import { type Panel, singlePanel, sliceBars } from "../market/bars.ts";
import { slicePanel } from "../market/panel/slicePanel.ts";
import {
  type ContinuedNet,
  classificationReport,
  comparePaired,
  continueSignalNet,
  probabilityRows,
  type SignalForecast,
  SignalNet,
} from "../models/index.ts";
import type { ModelSummary } from "../wire/training.ts";
import { computeFeatures, labelerOf, predictableRows } from "./dataset.ts";
import { recipeBars, workspaceOf } from "./dataUse.ts";
import { GRAPH_FILE, type ModelManifest, summaryOf } from "./modelManifest.ts";
import { keepModel, openModel, readGraph } from "./modelShelf.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { readSurroundings } from "./readSurroundings.ts";
import { evaluateSignal } from "./signalTask.ts";
import { panelSha256, recipePanel } from "./surroundings.ts";
import type { OnTrainingStatus } from "./trainingTask.ts";
import { type UpdateRows, updateRows } from "./updateRows.ts";
import { orionVersion } from "./version.ts";

export interface UpdateOptions {
  /** a model's id; the newest model that gives a signal otherwise */
  model?: string | undefined;
  /** passes over the mixture; 1 unless given */
  epochs?: number | undefined;
  /** share of the windows learned from that are old ones, 0 … 0.95; 0.5 unless given */
  replay?: number | undefined;
  /**
   * significant: the new model's loss is lower and the interval of the difference lies below 0; better: it is lower.
   * significant unless given: a new model of the same worth only costs its own uncertainty
   */
  accept?: UpdateRule | undefined;
}

export const UPDATE_RULES = {
  significant: "its cross entropy on them is lower and the 95 % interval of the difference lies below 0",
  better: "its cross entropy on them is lower",
} as const;
export type UpdateRule = keyof typeof UPDATE_RULES;

interface Judged {
  /** mean cross entropy in nats, of probabilities at the market's own frequencies */
  crossEntropy: number;
  /** the largest of P(class) / base rate wins: 1/3 is chance */
  balancedAccuracy: number;
  balancedAccuracyInterval: readonly [number, number];
}

/** How an update went. Both models are judged on the same `rows.acceptance` rows, which neither has learned from. */
export interface UpdateResult {
  accepted: boolean;
  /** one sentence */
  reason: string;
  rule: string;
  /** the model that was gone on from */
  parent: string;
  /** the model to use from now on */
  model: string;
  rows: { fresh: number; trained: number; replayed: number; acceptance: number };
  acceptanceRange: { from: string; to: string };
  old: Judged;
  new: Judged;
  /** cross entropy of the new model minus that of the old; 95 % interval of a paired block bootstrap */
  difference: { value: number; interval: readonly [number, number] | null; n: number; blockRows: number };
  /** what was stored, when it was accepted */
  summary: ModelSummary | null;
}

/**
 * Goes on training a stored model on the bars that were stored since its data ended (`continueSignalNet`), and keeps the
 * result only if it beats the old one on the newest of them (`updateRows`). Thresholds are chosen again, on the
 * validation rows of the old model, which no update learns from.
 * @throws DataError when too few rows have come, or the bars that the model was trained on have changed
 */
export async function updateModel(
  context: PipelineContext,
  options: UpdateOptions = {},
  onStatus: OnTrainingStatus = () => {},
): Promise<UpdateResult> {
  const { epochs = 1, replay = 0.5, accept = "significant" } = options;
  checkOptions(epochs, replay, accept);
  const workspace = await workspaceOf(context);
  onStatus({ stage: "reading bars" });
  const { manifest, net: older } = await openModel(workspace, options.model);
  try {
    const { recipe } = manifest;
    const stored = await recipeBars(workspace, recipe);
    const bars = sliceBars(stored, lowerBound(stored.closeTime, manifest.data.from), stored.length);
    const panel = recipePanel(
      recipe,
      bars,
      await readSurroundings(workspace, recipe, { signal: context.signal }),
    );
    requireSameBars(manifest, panel);
    onStatus({ stage: "features and labels" });
    const features = computeFeatures(recipe, panel);
    const labels = labelerOf(recipe).label(singlePanel(bars));
    const [classes, returns] = labels.values as [Float32Array, Float32Array];
    const parts = updateRows(
      manifest,
      {
        rows: predictableRows(recipe, features).filter((row) => Number.isFinite(classes[row]!)),
        closeTime: bars.closeTime,
        knownAt: labels.knownAt,
        embargoBars: recipe.split.embargoBars ?? recipe.model.window,
      },
      Math.ceil(recipe.training.batch * (1 - replay)),
    );
    const parent = {
      id: manifest.id,
      sha256: manifest.files[GRAPH_FILE]!.sha256,
      how: "update" as const,
      frozenEncoder: false,
    };
    const dataSha256 = panelSha256(panel);
    const onnx = await readGraph(workspace, manifest.id);
    const continued = await continueSignalNet(
      { onnx, manifest: manifest.net },
      {
        features,
        classes,
        returns,
        history: { knownAt: labels.knownAt, close: bars.close },
        fresh: parts.fresh.rows,
        old: parts.old,
      },
      {
        training: recipe.training,
        epochs,
        replay,
        seed: recipe.seed,
        signal: context.signal,
        metadata: metadataOf(manifest, parts, dataSha256),
        onUpdate: (u) => onStatus({ ...u, history: [] }),
      },
    );
    onStatus({ stage: "judging", step: 0, steps: 0, secondsLeft: null });
    const rows = parts.acceptance.rows;
    const stop = context.signal ? { signal: context.signal } : {};
    const newer = await SignalNet.open(continued.onnx, continued.manifest);
    const [before, after] = await Promise.all([
      older.predict(features, rows, stop),
      newer.predict(features, rows, stop),
    ]).finally(() => newer.close());
    const actual = Float32Array.from(rows, (row) => classes[row]!);
    const overlap = Math.max(1, manifest.horizonBars);
    const paired = comparePaired(actual, before, after, { overlap, seed: recipe.seed });
    const { interval, difference } = paired;
    const isLower = difference < 0;
    const accepted = isLower && (accept === "better" || (interval !== null && interval[1] < 0));
    const judged = (forecast: SignalForecast, crossEntropy: number): Judged =>
      judge(actual, forecast, crossEntropy, manifest.net.baseRates, overlap);
    const result: UpdateResult = {
      accepted,
      reason: accepted
        ? `the new model beats the old one on the newest ${paired.n} rows`
        : `the old model stays: on the newest ${paired.n} rows ${isLower ? "the new one's loss is lower, but the interval of the difference reaches 0" : "the new one's loss is no lower"}`,
      rule: `the new model is accepted if ${UPDATE_RULES[accept]}`,
      parent: manifest.id,
      model: manifest.id,
      rows: {
        fresh: parts.fresh.rows.length,
        trained: continued.windows.fresh,
        replayed: continued.windows.replayed,
        acceptance: paired.n,
      },
      acceptanceRange: { from: isoTime(parts.acceptance.from), to: isoTime(parts.acceptance.to) },
      old: judged(before, paired.oldLoss),
      new: judged(after, paired.newLoss),
      difference: { value: difference, interval, n: paired.n, blockRows: paired.blockRows },
      summary: null,
    };
    if (!accepted) {
      onStatus({ stage: "done", secondsLeft: 0 });
      return result;
    }
    const { manifest: told, files } = await evaluateSignal({
      run: {
        workspace,
        signal: context.signal,
        onStatus,
        parent: { record: parent, seen: seenOf(manifest, parts) },
      },
      recipe,
      bars,
      data: { features, classes, returns, split: splitOf(manifest, parts) },
      dataSha256,
      fitted: { ...continued, summary: summaryOfUpdate(continued, epochs, paired) },
    });
    const engine = orionVersion();
    const trainKey = sha256(canonicalJson({ parent, dataSha256, engine, update: { epochs, replay } }));
    const kept = await keepModel(
      workspace,
      { format: 1, profile: manifest.profile, trainKey, orionVersion: engine, ...told },
      continued.onnx,
      files,
    );
    onStatus({ stage: "done", modelId: kept.id, secondsLeft: 0 });
    return { ...result, model: kept.id, summary: summaryOf(kept) };
  } finally {
    await older.close();
  }
}

function checkOptions(epochs: number, replay: number, accept: string): void {
  if (!Number.isInteger(epochs) || epochs < 1 || epochs > 1000)
    throw new UsageError(`epochs: ${epochs} is not possible: give a whole number from 1 to 1000`);
  if (!(replay >= 0 && replay <= 0.95))
    throw new UsageError(`replay: ${replay} is not possible: give a share from 0 to 0.95`);
  if (!Object.hasOwn(UPDATE_RULES, accept))
    throw new UsageError(`accept: '${accept}' is no rule: choose ${Object.keys(UPDATE_RULES).join(" or ")}`);
}

/** What the model has seen is told by times: it holds only while the bars of these times are the same. */
function requireSameBars({ id, data }: ModelManifest, panel: Panel): void {
  const known = slicePanel(panel, 0, upperBound(panel.closeTime, data.to));
  if (known.length === data.rows && panelSha256(known) === data.sha256) return;
  throw new DataError(
    `model ${id} was trained on other bars of ${data.symbol} than are stored from ${isoTime(data.from)} to ${isoTime(data.to)}: train a new one, or import the bars that it was trained on`,
  );
}

function judge(
  actual: Float32Array,
  forecast: SignalForecast,
  crossEntropy: number,
  baseRates: readonly number[],
  overlap: number,
): Judged {
  const probabilities = probabilityRows(forecast);
  const predicted = Uint8Array.from(actual, (_, i) => {
    const lift = baseRates.map((rate, c) => probabilities[3 * i + c]! / rate);
    return lift.indexOf(Math.max(...lift));
  });
  const report = classificationReport({ actual, predicted, probabilities, classNames: SIGNALS, overlap });
  const { low, high } = report.balancedAccuracyInterval;
  return { crossEntropy, balancedAccuracy: report.balancedAccuracy, balancedAccuracyInterval: [low, high] };
}

/** The old model's parts with the new rows: it was trained up to the new ones, and is tested on the newest. */
function splitOf({ ranges, recipe }: ModelManifest, { fresh, validation, acceptance }: UpdateRows) {
  return {
    train: { ...fresh, from: ranges.train.from },
    validation,
    test: acceptance,
    embargoBars: recipe.split.embargoBars ?? recipe.model.window,
    purged: 0,
    embargoed: 0,
  };
}

function seenOf({ seen }: ModelManifest, { fresh }: UpdateRows): { from: number; to: number } {
  return { from: seen.from, to: Math.max(seen.to, fresh.knownUntil) };
}

function summaryOfUpdate(
  { windows, windowsPerSecond, gflops }: ContinuedNet,
  epochs: number,
  { oldLoss, newLoss }: { oldLoss: number; newLoss: number },
) {
  return {
    epochs,
    bestEpoch: epochs,
    stoppedEarly: false,
    aborted: false,
    windows: windows.fresh + windows.replayed,
    windowsPerSecond,
    gflops,
    // of the acceptance rows: an update has no validation of its own
    lossBefore: oldLoss,
    lossAfter: newLoss,
    history: [],
  };
}

function metadataOf(manifest: ModelManifest, parts: UpdateRows, dataSha256: string): Record<string, string> {
  const { recipe, net, ranges } = manifest;
  return {
    recipe: recipe.name,
    recipeSha256: sha256(canonicalJson(recipe)),
    features: net.scaler.names.join(","),
    label: JSON.stringify(recipe.label),
    trainingFrom: isoTime(ranges.train.from),
    trainingTo: isoTime(parts.fresh.to),
    dataSha256,
    seed: String(recipe.seed),
    orion: orionVersion(),
    parent: manifest.id,
  };
}
