import { messageOf, UsageError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/hash.ts";
import { isoTime } from "../core/time.ts";
import type { BarSeries } from "../market/bars.ts";
import { checkSymbol } from "../market/index.ts";
import type { FitUpdate } from "../models/model.ts";
import { NetworkConfig, networkParts } from "../models/networks/index.ts";
import { fitSignalNet, type SignalNetFit } from "../models/signalNet/fitSignalNet.ts";
import { SignalNet } from "../models/signalNet/signalNet.ts";
import type { SplitPart, TimeSplit } from "../models/validation/index.ts";
import { decideSignals, type ThresholdChoice } from "../signals/index.ts";
import {
  barsSha256,
  deleteCheckpoint,
  readCheckpoint,
  saveCheckpoint,
  type Workspace,
} from "../store/index.ts";
import type { ModelSummary, TrainingStatus, TrainRequest } from "../wire/training.ts";
import { barsBetween, chooseDecision } from "./chooseDecision.ts";
import { classify } from "./classification.ts";
import { type LabelledData, labelerOf, labelledData } from "./dataset.ts";
import { parseRange, recipeBars, workspaceOf } from "./dataUse.ts";
import { forecastRows, isDecisionTime, probabilitiesOf, type TimedForecast } from "./forecastRows.ts";
import { applyProfile, loadRecipe } from "./loadRecipe.ts";
import { type ModelManifest, summaryOf } from "./modelManifest.ts";
import { findModel, keepModel } from "./modelShelf.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import type { Recipe } from "./recipeSchema.ts";
import { orionVersion } from "./version.ts";

export interface TrainOptions extends Omit<TrainRequest, "recipe" | "profile"> {
  /** a recipe's name or a .yaml file */
  recipe: string;
  profile?: TrainRequest["profile"];
  /** trade this symbol instead of the recipe's */
  symbol?: string;
  /** train this network, at its usual sizes, instead of the recipe's */
  network?: string;
  /** go on from the checkpoint of an interrupted run of the same recipe, bars and engine */
  resume?: boolean | undefined;
  /** take the model that the same recipe, bars and engine gave before, when there is one */
  reuse?: boolean | undefined;
  /** seconds of work that a crash may cost: a checkpoint is kept so often; 60 unless given, 0 keeps one after every step */
  checkpointSeconds?: number | undefined;
}

export type OnTrainingStatus = (status: Partial<TrainingStatus>) => void;

/**
 * Trains a recipe: bars, features, labels, split by time, network; then thresholds on the validation rows by expected
 * value after costs, and one look at the test rows. The model is kept in the workspace.
 * @throws AbortError when stopped; the checkpoint stays and `resume` goes on from it, bit for bit
 */
export async function trainRecipe(
  context: PipelineContext,
  options: TrainOptions,
  onStatus: OnTrainingStatus = () => {},
): Promise<ModelSummary> {
  const workspace = await workspaceOf(context);
  const profile = options.profile ?? "default";
  const recipe = withOverrides(applyProfile(await loadRecipe(options.recipe), profile), options);
  const range = parseRange(options);
  onStatus({ stage: "reading bars", recipe: recipe.name, profile });
  const bars = await recipeBars(workspace, recipe, range);
  const dataSha256 = barsSha256(bars);
  const trainKey = sha256(canonicalJson({ recipe, dataSha256, engine: orionVersion() }));
  if (options.reuse) {
    const known = await findModel(workspace, (m) => m.trainKey === trainKey);
    if (known) {
      onStatus({
        stage: "reusing",
        modelId: known.id,
        message: `model ${known.id} was trained on the same bars before`,
      });
      return summaryOf(known);
    }
  }

  onStatus({ stage: "features and labels" });
  const data = labelledData(recipe, bars);
  const { train, validation } = data.split;
  requireDecisions(recipe, bars, data.split);
  const resume = options.resume || options.reuse ? await readCheckpoint(workspace, trainKey) : undefined;
  if (options.resume && !resume) {
    onStatus({ stage: "starting anew", message: "there is no checkpoint of this recipe on these bars" });
  }
  const history: TrainingStatus["history"] = [];
  const fitFrom = (from: Uint8Array | undefined): Promise<SignalNetFit> =>
    fitSignalNet(
      {
        network: recipe.model,
        training: recipe.training,
        scaling: recipe.scaling,
        metadata: graphMetadata(recipe, data, dataSha256),
      },
      { ...data, train: train.rows, validation: validation.rows },
      {
        seed: recipe.seed,
        ...(context.signal ? { signal: context.signal } : {}),
        checkpoint: {
          fingerprint: trainKey,
          save: (bytes) => saveCheckpoint(workspace, trainKey, bytes),
          ...(options.checkpointSeconds === undefined ? {} : { everySeconds: options.checkpointSeconds }),
          ...(from ? { resume: from } : {}),
        },
        onUpdate: (update) => onStatus(statusOf(update, history)),
      },
    );
  let fitted: SignalNetFit;
  try {
    fitted = await fitFrom(resume);
  } catch (thrown) {
    // a checkpoint that cannot be used must not bar the way of a run that did not ask for it
    const isUnusable = resume !== undefined && !options.resume && history.length === 0;
    if (!isUnusable || context.signal?.aborted) throw thrown;
    onStatus({ stage: "starting anew", message: messageOf(thrown) });
    fitted = await fitFrom(undefined);
  }
  context.signal?.throwIfAborted();

  const manifest = await evaluate({
    context,
    workspace,
    recipe,
    profile,
    bars,
    data,
    dataSha256,
    trainKey,
    fitted,
    onStatus,
  });
  await deleteCheckpoint(workspace, trainKey);
  return summaryOf(manifest);
}

/** Decision bars of a part. */
function decisionRows(recipe: Recipe, bars: BarSeries, part: SplitPart): Int32Array {
  return part.rows.filter((row) => isDecisionTime(bars.closeTime[row]!, recipe));
}

/** Thresholds cannot be chosen or tested where nothing is decided; better said before the training than after it. */
function requireDecisions(recipe: Recipe, bars: BarSeries, split: TimeSplit): void {
  for (const name of ["validation", "test"] as const) {
    if (decisionRows(recipe, bars, split[name]).length > 0) continue;
    throw new UsageError(
      `decision.everyBars: with a decision every ${recipe.decision.everyBars} bars none falls into the ${name} part of ${split[name].rows.length} rows: make it smaller or give more bars`,
    );
  }
}

function withOverrides(recipe: Recipe, options: TrainOptions): Recipe {
  return {
    ...recipe,
    universe: {
      ...recipe.universe,
      symbols: options.symbol === undefined ? recipe.universe.symbols : [checkSymbol(options.symbol)],
    },
    model: options.network === undefined ? recipe.model : otherNetwork(recipe, options.network),
    training: { ...recipe.training, epochs: options.epochs ?? recipe.training.epochs },
  };
}

/** Another network at its usual sizes, over the recipe's window. @throws UsageError that lists the networks */
function otherNetwork(recipe: Recipe, kind: string): Recipe["model"] {
  if (kind === recipe.model.kind) return recipe.model;
  const kinds = networkParts.map((part) => part.kind);
  if (!kinds.some((known) => known === kind)) {
    throw new UsageError(`network '${kind}' is not known: choose one of ${kinds.join(", ")}`);
  }
  return NetworkConfig.parse({ kind, window: recipe.model.window });
}

interface Evaluation {
  context: PipelineContext;
  workspace: Workspace;
  recipe: Recipe;
  profile: ModelManifest["profile"];
  bars: BarSeries;
  data: LabelledData;
  dataSha256: string;
  trainKey: string;
  fitted: SignalNetFit;
  onStatus: OnTrainingStatus;
}

/** Thresholds from the validation rows, classification of validation and test rows, and the model put on the shelf. */
async function evaluate(run: Evaluation): Promise<ModelManifest> {
  const { context, recipe, bars, data, fitted, onStatus } = run;
  const { split, classes } = data;
  const net = await SignalNet.open(fitted.onnx, fitted.manifest);
  let validationForecast: TimedForecast;
  let testForecast: TimedForecast;
  const validationRows = decisionRows(recipe, bars, split.validation);
  const testRows = decisionRows(recipe, bars, split.test);
  try {
    const forecast = (rows: Int32Array, stage: string): Promise<TimedForecast> =>
      forecastRows(net, data.features, rows, {
        signal: context.signal,
        onProgress: (p) => onStatus({ stage, step: p.done, steps: p.total ?? 0, secondsLeft: p.secondsLeft }),
      });
    validationForecast = await forecast(validationRows, "validating");
    testForecast = await forecast(testRows, "testing");
  } finally {
    await net.close();
  }

  onStatus({ stage: "choosing thresholds", secondsLeft: null });
  const choice = await chooseDecision(
    recipe,
    barsBetween(bars, split.validation),
    validationForecast,
    context.signal,
  );
  const overlap = Math.max(1, labelerOf(recipe).horizonBars / recipe.decision.everyBars);
  const reportOn = (rows: Int32Array, forecast: TimedForecast) =>
    classify(
      Float32Array.from(rows, (row) => classes[row]!),
      forecast,
      decideSignals(probabilitiesOf(forecast), choice.thresholds),
      overlap,
    );
  const validation = reportOn(validationRows, validationForecast);
  const test = reportOn(testRows, testForecast);
  const range = ({ from, to }: { from: number; to: number }) => ({ from, to });
  const manifest = {
    format: 1 as const,
    recipe,
    profile: run.profile,
    trainKey: run.trainKey,
    orionVersion: orionVersion(),
    data: {
      symbol: recipe.universe.symbols[0]!,
      market: recipe.universe.market,
      timeframe: recipe.universe.timeframe,
      rows: bars.length,
      from: bars.closeTime[0]!,
      to: bars.closeTime[bars.length - 1]!,
      sha256: run.dataSha256,
    },
    ranges: { train: range(split.train), validation: range(split.validation), test: range(split.test) },
    seen: { from: split.train.from, to: split.validation.knownUntil },
    horizonBars: labelerOf(recipe).horizonBars,
    net: fitted.manifest,
    training: {
      epochs: fitted.summary.epochs,
      bestEpoch: fitted.summary.bestEpoch,
      stoppedEarly: fitted.summary.stoppedEarly,
      windows: fitted.summary.windows,
      windowsPerSecond: fitted.summary.windowsPerSecond,
      gflops: fitted.summary.gflops,
      lossBefore: fitted.summary.lossBefore,
      lossAfter: fitted.summary.lossAfter,
      history: [...fitted.summary.history],
    },
    decision: {
      buy: choice.thresholds.buy,
      sell: choice.thresholds.sell,
      note: choice.note,
      candidates: choice.candidates.length,
      validationTrades: choice.chosen.trades,
      validationMeanNetReturn: choice.chosen.meanNetReturn,
    },
    validation,
    test,
    failed: failureOf(test, choice),
  };
  const forecast = joinForecasts(validationForecast, testForecast);
  const kept = await keepModel(run.workspace, manifest, fitted.onnx, forecast);
  onStatus({ stage: "done", modelId: kept.id, secondsLeft: 0 });
  return kept;
}

function failureOf(test: ModelManifest["test"], choice: ThresholdChoice): string | null {
  if (test.alwaysOneClass)
    return "every test row gets the same signal: the network has learned nothing to act on";
  if (!choice.reachedMinTrades) return choice.note;
  return null;
}

function joinForecasts(a: TimedForecast, b: TimedForecast): TimedForecast {
  const join = (x: Float32Array, y: Float32Array): Float32Array => {
    const out = new Float32Array(x.length + y.length);
    out.set(x);
    out.set(y, x.length);
    return out;
  };
  const closeTime = new Float64Array(a.closeTime.length + b.closeTime.length);
  closeTime.set(a.closeTime);
  closeTime.set(b.closeTime, a.closeTime.length);
  return {
    closeTime,
    buy: join(a.buy, b.buy),
    hold: join(a.hold, b.hold),
    sell: join(a.sell, b.sell),
    return: join(a.return, b.return),
  };
}

/** What the graph file says of itself; it makes part of the file's hash, so no clock goes in. */
function graphMetadata(recipe: Recipe, data: LabelledData, dataSha256: string): Record<string, string> {
  const { train } = data.split;
  return {
    recipe: recipe.name,
    recipeSha256: sha256(canonicalJson(recipe)),
    features: data.features.names.join(","),
    label: JSON.stringify(recipe.label),
    trainingFrom: isoTime(train.from),
    trainingTo: isoTime(train.to),
    dataSha256,
    seed: String(recipe.seed),
    orion: orionVersion(),
  };
}

function statusOf(update: FitUpdate, history: TrainingStatus["history"]): Partial<TrainingStatus> {
  if (update.loss !== null) {
    const point = {
      step: update.step,
      epoch: update.step / Math.max(1, update.steps / update.epochs),
      loss: update.loss,
      validationLoss: update.validationLoss,
    };
    const last = history.at(-1);
    if (last?.step === point.step) history[history.length - 1] = point;
    else history.push(point);
    // a long run is drawn with fewer points: every other one of the older half is let go
    if (history.length > 2000) {
      const thinned = history.filter((p, i) => p.validationLoss !== null || i % 2 === 0);
      history.splice(0, history.length, ...thinned);
    }
  }
  return {
    stage: update.stage,
    epoch: update.epoch,
    epochs: update.epochs,
    step: update.step,
    steps: update.steps,
    loss: update.loss,
    accuracy: update.accuracy,
    ...(update.balancedAccuracy === null ? {} : { balancedAccuracy: update.balancedAccuracy }),
    learningRate: update.learningRate,
    windowsPerSecond: update.windowsPerSecond,
    gflops: update.gflops,
    secondsLeft: update.secondsLeft,
    history: [...history],
  };
}
