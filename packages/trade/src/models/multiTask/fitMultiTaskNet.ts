import {
  type BatchSource,
  createTrainingProgram,
  evaluateSource,
  fit,
  type TrainingProgram,
  type TrainingSpec,
  type Weights,
} from "@orion/grad";
import { DataError } from "../../core/errors.ts";
import { fitInputs, inputsMetadata, networkInputs } from "../../features/index.ts";
import { type ReptileConfig, reptile } from "../adaptation/reptile.ts";
import { admitTraining } from "../admitTraining.ts";
import { mostProbable } from "../evaluation/index.ts";
import { interruptionOf } from "../interruption.ts";
import type { FitContext, FitSummary, FitUpdate } from "../model.ts";
import { isOfEncoder } from "../networks/index.ts";
import { type FeatureMatrix, featureMatrix, gatherWindows } from "../sequence/featureMatrix.ts";
import { classScores } from "../training/classScores.ts";
import { curriculumRows } from "../training/curriculum.ts";
import { fitSummary, fitUpdate } from "../training/fitReport.ts";
import { type NetworkFitOptions, stepsOf } from "../training/networkFitOptions.ts";
import { schedulePlan } from "../training/schedulePlan.ts";
import { checkTraining } from "../training/trainingFault.ts";
import { holdBack } from "./calendarSplit.ts";
import { CONFIDENCE_HEAD, fitConfidenceHead, type JudgedRows } from "./confidenceHead.ts";
import {
  fitsConfidence,
  JOINT_TASKS,
  MULTI_TASK_MONITORS,
  type MultiTaskTraining,
  scheduleOf,
} from "./multiTaskConfig.ts";
import type { MultiTaskManifest } from "./multiTaskManifest.ts";
import { ENCODED, multiTaskNetwork } from "./multiTaskNetwork.ts";
import { multiTaskObjective, TASK_NOISE } from "./multiTaskObjective.ts";
import { multiTaskSource } from "./multiTaskSource.ts";
import { fitTargets, learnableTargets, type OutcomeColumns } from "./multiTaskTargets.ts";
import type { StackedRows } from "./stackedRows.ts";
import { taskRowWeights } from "./taskRowWeights.ts";
import { probabilityLoss } from "./taskScores.ts";

/** What a network with six heads is fitted on. */
export interface MultiTaskData {
  readonly names: readonly string[];
  readonly stack: StackedRows;
  readonly outcomes: OutcomeColumns;
  /** of the stack's length, larger is harder; of each row's own past and label only. What a curriculum orders by */
  readonly difficulty?: Float32Array;
  /** rows of the stack; purged and embargoed by the caller */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly embargoBars: number;
}

export interface MultiTaskOptions extends NetworkFitOptions<MultiTaskTraining> {
  /** seek first weights from which each symbol is learned in few steps, before the joint training; see `reptile` */
  meta?: ReptileConfig;
}

export interface MultiTaskFit {
  readonly manifest: MultiTaskManifest;
  readonly onnx: Uint8Array;
  readonly summary: FitSummary;
}

/** Rows that go through the network at once when its trunk is read. */
const CHUNK = 64;

/**
 * Trains a network with six heads on many instruments. Selection, scaler, class weights and target scales come from the
 * training rows of all instruments together. Five heads are trained jointly (`multiTaskObjective`) on all but the
 * last training days, early stopping on the validation rows; then confidence is fitted on those days (`fitConfidenceHead`).
 * Sample weights are made of the rows that the five heads see, each instrument's labels on their own; the confidence head's
 * rows and the validation rows weigh 1. Batches are gathered from one matrix of features; no window is copied beforehand.
 *
 * Loss before and after: the joint loss over the validation rows, and with fixed weights also weight times the cross
 * entropy of the confidence.
 * @throws DataError when a class does not occur in the training rows or a target does not vary
 */
export async function fitMultiTaskNet(
  options: MultiTaskOptions,
  data: MultiTaskData,
  context: FitContext,
): Promise<MultiTaskFit> {
  const { network, training } = options;
  checkTraining(training);
  const { stack } = data;
  const labels = { class: data.outcomes.direction, return: data.outcomes.returns[0]! };
  const inputs = await fitInputs(
    options,
    { names: data.names, columns: stack.features, rows: data.train, labels },
    { signal: context.signal },
  );
  const matrix = featureMatrix(networkInputs(stack.features, inputs));
  const scaling = fitTargets(data.outcomes, data.train, training.classBalance);
  const targets = learnableTargets(data.outcomes, data.train);
  const withConfidence = fitsConfidence(training);
  const { kept, heldBack } = withConfidence
    ? holdBack(stack, data.train, training.confidence.heldBack, data.embargoBars)
    : { kept: data.train, heldBack: new Int32Array() };
  const rows = everyKth(stack, kept, training.rowStride);
  const validationRows = everyKth(stack, data.validation, training.rowStride);
  if (rows.length < training.batch) {
    throw new DataError(
      `${rows.length} training windows do not fill a batch of ${training.batch}: give more bars or symbols, a smaller batch or rowStride`,
    );
  }
  const rowWeights = taskRowWeights(training, data, rows);
  // only the graph that reads the trunk for the confidence head tells its vectors; the exported one does not
  let tellEncoded = false;
  const spec: TrainingSpec = {
    network: multiTaskNetwork(network, scaling, () => tellEncoded),
    input: { time: network.window, features: matrix.features },
    targets: {
      returns: { shape: [targets.horizons], dtype: "float32" },
      direction: { shape: [], dtype: "int32" },
      position: { shape: [], dtype: "int32" },
      volatility: { shape: [], dtype: "float32" },
      risk: { shape: [], dtype: "float32" },
      ...Object.fromEntries(
        Object.keys(rowWeights).map((name) => [name, { shape: [], dtype: "float32" as const }]),
      ),
    },
    loss: (g, outputs, given) => multiTaskObjective(g, outputs, given, { training, scaling }),
    ...stepsOf(options, context),
    freeze: (name) =>
      name.startsWith(CONFIDENCE_HEAD) || (options.freezeEncoder === true && isOfEncoder(name)),
  };
  admitTraining(spec, context);
  const program = await createTrainingProgram(spec);
  const weights: Weights = training.averageDecay === undefined ? "last" : "average";
  const sourceOf = (ends: Int32Array): BatchSource =>
    multiTaskSource(matrix, network.window, ends, targets, rowWeights);
  /** Encoding and correctness of some rows, by the weights of now. */
  const judge = async (ends: Int32Array): Promise<JudgedRows & { confidence: Float32Array }> => {
    tellEncoded = true;
    try {
      const windows = { matrix, window: network.window, rows: ends };
      return await judgedRows(program, windows, weights, data.outcomes.direction, context.signal);
    } finally {
      tellEncoded = false;
    }
  };
  const weight = training.taskWeights === "learned" ? 0 : training.taskWeights.confidence;
  const wholeLoss = async (): Promise<number> => {
    const { loss } = await evaluateSource(program, sourceOf(validationRows), weights);
    if (weight === 0) return loss;
    const { right, confidence } = await judge(validationRows);
    return loss + weight * probabilityLoss(right, confidence);
  };
  try {
    const lossBefore = await wholeLoss();
    // a checkpoint is of the joint training, which comes after: its weights hold what this would make
    if (options.meta && !context.checkpoint?.resume) {
      const { meta } = options;
      const tasks = symbolRows(stack, rows).map(sourceOf);
      await reptile(program, tasks, {
        ...meta,
        seed: context.seed,
        signal: context.signal,
        onProgress: (p) => context.onUpdate?.(metaUpdate(meta, p, training.epochs)),
      });
    }
    const { monitor = "loss", batch, curriculum } = training;
    const plan = schedulePlan(scheduleOf(training), training, Math.floor(rows.length / batch));
    const byDifficulty = { rows, difficulty: data.difficulty, classes: data.outcomes.direction, batch };
    const result = await fit(program, {
      train: sourceOf(rows),
      validation: sourceOf(validationRows),
      epochs: training.epochs,
      seed: context.seed,
      schedule: plan.schedule,
      ...(curriculum ? { rowsOf: curriculumRows(curriculum, byDifficulty) } : {}),
      weights,
      monitor,
      direction: MULTI_TASK_MONITORS[monitor],
      derive: headScores,
      patience: training.patience,
      onProgress: (progress) => context.onUpdate?.(fitUpdate(progress, "direction.")),
      ...interruptionOf(context, training.checkpointMinutes),
    });
    context.signal?.throwIfAborted();
    let confidence: MultiTaskManifest["confidence"] = null;
    if (withConfidence) {
      context.onUpdate?.(confidenceUpdate(result.epochs));
      const fitRows = await judge(everyKth(stack, heldBack, training.rowStride));
      const bestEpoch = await fitConfidenceHead(program, fitRows, await judge(validationRows), {
        ...training,
        epochs: training.confidence.epochs,
        seed: context.seed,
        ...(context.threads === undefined ? {} : { threads: context.threads }),
        ...(context.signal ? { signal: context.signal } : {}),
      });
      const n = fitRows.right.length;
      confidence = { heldBack: n, rightShare: fitRows.right.reduce((a, b) => a + b, 0) / n, bestEpoch };
    }
    return {
      manifest: {
        network,
        ...inputs,
        scaling,
        taskWeights: weightsOf(program, training),
        confidence,
        parameters: program.parameters
          .filter(({ name }) => !name.startsWith(TASK_NOISE))
          .reduce((sum, { size }) => sum + size, 0),
      },
      onnx: program.exportOnnx(inputsMetadata(options.metadata, inputs), { weights }),
      summary: fitSummary(result, { windows: rows.length, lossBefore, lossAfter: await wholeLoss() }),
    };
  } finally {
    await program.close();
  }
}

/** Every k-th of the rows, counted anew for each instrument, so that none is thinned by its place in the stack. */
export function everyKth(stack: Pick<StackedRows, "symbols">, rows: Int32Array, k: number): Int32Array {
  let symbol = 0;
  let seen = 0;
  return rows.filter((row) => {
    while (row >= stack.symbols[symbol]!.to) {
      symbol++;
      seen = 0;
    }
    return seen++ % k === 0;
  });
}

/** The rows of each symbol that has any. */
function symbolRows(stack: Pick<StackedRows, "symbols">, rows: Int32Array): Int32Array[] {
  return stack.symbols
    .map(({ from, to }) => rows.filter((row) => row >= from && row < to))
    .filter((own) => own.length > 0);
}

/** What the trunk makes of the rows, whether the largest direction logit was right (1) or not (0), and the confidence. */
async function judgedRows(
  program: TrainingProgram,
  { matrix, window, rows }: { matrix: FeatureMatrix; window: number; rows: Int32Array },
  weights: Weights,
  direction: Float32Array,
  signal: AbortSignal | undefined,
): Promise<JudgedRows & { confidence: Float32Array }> {
  const size = window * matrix.features;
  const x = new Float32Array(Math.min(CHUNK, rows.length) * size);
  const right = new Float32Array(rows.length);
  const confidence = new Float32Array(rows.length);
  let encoded = new Float32Array();
  for (let from = 0; from < rows.length; from += CHUNK) {
    signal?.throwIfAborted();
    const part = rows.subarray(from, from + CHUNK);
    gatherWindows(matrix, window, part, x);
    const out = await program.predict(x.subarray(0, part.length * size), part.length, weights);
    const vectors = out[ENCODED]!;
    const width = vectors.length / part.length;
    if (from === 0) encoded = new Float32Array(rows.length * width);
    encoded.set(vectors, from * width);
    confidence.set(out.confidence!, from);
    mostProbable(out.directionLogits!, 3).forEach((said, i) => {
      right[from + i] = said === direction[part[i]!] ? 1 : 0;
    });
  }
  return { encoded, right, confidence };
}

/** Balanced accuracy and macro-F1 of the heads that say a class, from the means over the validation rows. */
function headScores(validation: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    (["direction.", "position."] as const).flatMap((head) =>
      Object.entries(classScores(validation, head) ?? {}).map(([name, value]) => [head + name, value]),
    ),
  );
}

function weightsOf(program: TrainingProgram, { taskWeights }: MultiTaskTraining): Record<string, number> {
  if (taskWeights !== "learned") return { ...taskWeights };
  const { parameters } = program.state();
  const slot = program.parameters.find(({ name }) => name.startsWith(TASK_NOISE))!;
  return Object.fromEntries(JOINT_TASKS.map((task, i) => [task, Math.exp(-parameters[slot.offset + i]!)]));
}

function metaUpdate(
  { outerSteps, innerRate }: ReptileConfig,
  { outerStep, secondsLeft }: { outerStep: number; secondsLeft: number },
  epochs: number,
): FitUpdate {
  return {
    ...confidenceUpdate(epochs),
    stage: "seeking first weights",
    done: outerStep,
    total: outerSteps,
    secondsLeft,
    epoch: 0,
    epochsDone: 0,
    step: outerStep,
    steps: outerSteps,
    learningRate: innerRate,
  };
}

/** The trunk reads the held-back rows once; how long the small head takes after that is not worth a bar. */
function confidenceUpdate(epochs: number): FitUpdate {
  return {
    stage: "fitting confidence",
    done: 0,
    total: null,
    secondsLeft: null,
    epoch: epochs,
    epochs,
    epochsDone: epochs,
    step: 0,
    steps: 0,
    loss: null,
    accuracy: null,
    balancedAccuracy: null,
    learningRate: null,
    windowsPerSecond: null,
    gflops: null,
    validationLoss: null,
  };
}
