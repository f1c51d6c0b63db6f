import { messageOf, UsageError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/hash.ts";
import { isoTime } from "../core/time.ts";
import { checkSymbol } from "../market/index.ts";
import { DEVICES, type Device } from "../models/device.ts";
import type { FitUpdate } from "../models/model.ts";
import { NetworkConfig, networkParts } from "../models/networks/index.ts";
import { deleteCheckpoint, readCheckpoint, saveCheckpoint } from "../store/index.ts";
import type { ModelSummary, TrainingStatus, TrainRequest } from "../wire/training.ts";
import { parseRange, workspaceOf } from "./dataUse.ts";
import { applyProfile, loadRecipe } from "./loadRecipe.ts";
import { summaryOf } from "./modelManifest.ts";
import { findModel, keepModel } from "./modelShelf.ts";
import { parentModel } from "./parentModel.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { type AnyRecipe, isMultiTask } from "./recipeSchema.ts";
import { signalTask } from "./signalTask.ts";
import { sixHeadsTask } from "./sixHeadsTask.ts";
import type { FittedTask, OnTrainingStatus, PreparedTask, TaskRun } from "./trainingTask.ts";
import { orionVersion } from "./version.ts";

export interface TrainOptions extends Omit<TrainRequest, "recipe" | "profile"> {
  /** a recipe's name or a .yaml file */
  recipe: string;
  profile?: TrainRequest["profile"];
  /** trade this symbol instead of the recipe's */
  symbol?: string;
  /** train on these symbols instead of the recipe's */
  symbols?: readonly string[];
  /** train this network, at its usual sizes, instead of the recipe's */
  network?: string;
  /** the id of a stored model of the same network and features, whose weights the training starts from */
  fromModel?: string | undefined;
  /** with `fromModel`: the encoder keeps its weights, only the heads train */
  freezeEncoder?: boolean | undefined;
  /** go on from the checkpoint of an interrupted run of the same recipe, bars and engine */
  resume?: boolean | undefined;
  /** take the model that the same recipe, bars and engine gave before, when there is one */
  reuse?: boolean | undefined;
  /** seconds of work that a crash may cost: a checkpoint is kept so often; the recipe's checkpointMinutes, or 60, unless given, 0 keeps one after every step */
  checkpointSeconds?: number | undefined;
  /** where the network is trained; "cpu" unless given. Another device gives another model, and checkpoints of its own */
  device?: Device;
  /** resident memory, bytes, that the process may reach; what the machine has left unless given */
  maxMemoryBytes?: number;
}

export type { OnTrainingStatus } from "./trainingTask.ts";

/**
 * Trains a recipe: bars, features, labels, split by time, network; then what the recipe's kind of label asks for
 * (thresholds of a signal, a report by task) and one look at the test rows. The model is kept in the workspace.
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
  const { fromModel, freezeEncoder = false } = options;
  if (freezeEncoder && fromModel === undefined)
    throw new UsageError(
      "an encoder can be kept only with the model that it is taken from: name it (--from-model)",
    );
  const parent =
    fromModel === undefined ? undefined : await parentModel(workspace, recipe, fromModel, freezeEncoder);
  const run: TaskRun = { workspace, signal: context.signal, onStatus, parent };
  const task = isMultiTask(recipe)
    ? await sixHeadsTask(recipe, range, run)
    : await signalTask(recipe, range, run);
  const { dataSha256 } = task;
  const origin = parent ? { parent: parent.record } : {};
  const { device = "cpu" } = options;
  const keyOn = (where: Device): string =>
    sha256(
      canonicalJson({
        ...{ recipe, dataSha256, engine: orionVersion(), ...origin },
        ...(where === "cpu" ? {} : { device: where }),
      }),
    );
  const trainKey = keyOn(device);
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
  const prepared = task.prepare();
  const metadata = {
    ...graphMetadata(recipe, prepared, dataSha256),
    ...(parent ? { parent: parent.record.id } : {}),
    ...(device === "cpu" ? {} : { device }),
  };
  const resume = options.resume || options.reuse ? await readCheckpoint(workspace, trainKey) : undefined;
  if (options.resume && !resume) {
    const others = DEVICES.filter((d) => d !== device);
    const kept = await Promise.all(others.map((d) => readCheckpoint(workspace, keyOn(d))));
    const made = others.find((_, i) => kept[i] !== undefined);
    const message = made
      ? `the checkpoint was made on ${made}, and another device's numbers differ: --device ${made} goes on from it`
      : "there is no checkpoint of this recipe on these bars";
    onStatus({ stage: "starting anew", message });
  }
  const history: TrainingStatus["history"] = [];
  const fitFrom = (from: Uint8Array | undefined): Promise<FittedTask> =>
    prepared.fit(metadata, {
      seed: recipe.seed,
      device,
      ...(options.maxMemoryBytes === undefined ? {} : { maxMemoryBytes: options.maxMemoryBytes }),
      onMemory: (memory) => onStatus({ memory }),
      ...(context.signal ? { signal: context.signal } : {}),
      checkpoint: {
        fingerprint: trainKey,
        save: (bytes) => saveCheckpoint(workspace, trainKey, bytes),
        ...(options.checkpointSeconds === undefined ? {} : { everySeconds: options.checkpointSeconds }),
        ...(from ? { resume: from } : {}),
      },
      onUpdate: (update) => onStatus(statusOf(update, history)),
    });
  let fitted: FittedTask;
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

  const { manifest, files } = await fitted.evaluate();
  const kept = await keepModel(
    workspace,
    { format: 1, profile, trainKey, orionVersion: orionVersion(), ...manifest },
    fitted.onnx,
    files,
  );
  // the forecasts of validation and test counted rows: what stays on show are the steps of the training
  const steps = history.at(-1)?.step ?? 0;
  onStatus({ stage: "done", step: steps, steps, modelId: kept.id, secondsLeft: 0 });
  await deleteCheckpoint(workspace, trainKey);
  return summaryOf(kept);
}

function withOverrides(recipe: AnyRecipe, options: TrainOptions): AnyRecipe {
  const { universe, training, model } = recipe;
  const asked = options.symbols ?? (options.symbol === undefined ? undefined : [options.symbol]);
  const symbols = asked === undefined ? universe.symbols : [...new Set(asked.map(checkSymbol))];
  if (symbols.length > 1 && !isMultiTask(recipe)) {
    throw new UsageError(
      `recipe '${recipe.name}' trades exactly one symbol, not ${symbols.length} (${symbols.join(", ")}): name one`,
    );
  }
  return {
    ...recipe,
    // the order in which symbols are named must not change what many of them teach
    universe: { ...universe, symbols: symbols.toSorted() },
    model: options.network === undefined ? model : otherNetwork(recipe, options.network),
    training: { ...training, epochs: options.epochs ?? training.epochs },
  } as AnyRecipe;
}

/** Another network at its usual sizes, over the recipe's window. @throws UsageError that lists the networks */
function otherNetwork(recipe: AnyRecipe, kind: string): AnyRecipe["model"] {
  if (kind === recipe.model.kind) return recipe.model;
  const kinds = networkParts.map((part) => part.kind);
  if (!kinds.some((known) => known === kind)) {
    throw new UsageError(`network '${kind}' is not known: choose one of ${kinds.join(", ")}`);
  }
  return NetworkConfig.parse({ kind, window: recipe.model.window });
}

/** What the graph file says of itself; it makes part of the file's hash, so no clock goes in. */
function graphMetadata(
  recipe: AnyRecipe,
  { names, train }: PreparedTask,
  dataSha256: string,
): Record<string, string> {
  return {
    recipe: recipe.name,
    recipeSha256: sha256(canonicalJson(recipe)),
    features: names.join(","),
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
      epoch: update.epochsDone,
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
