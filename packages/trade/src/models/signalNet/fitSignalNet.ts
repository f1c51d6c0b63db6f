import {
  type BatchSource,
  createTrainingProgram,
  evaluateSource,
  fit,
  type Snapshot,
  type TrainingProgram,
  type TrainingSpec,
} from "@orion/grad";
import { DataError, UsageError } from "../../core/errors.ts";
import { fitInputs, inputsMetadata, networkInputs } from "../../features/index.ts";
import { admitTraining } from "../admitTraining.ts";
import { interruptionOf } from "../interruption.ts";
import type { Dataset, FitContext, FitSummary } from "../model.ts";
import { isOfEncoder, signalNetwork } from "../networks/index.ts";
import { type FeatureMatrix, featureMatrix, gatherWindows } from "../sequence/featureMatrix.ts";
import { strideRows } from "../sequence/strideRows.ts";
import { classScores } from "../training/classScores.ts";
import { curriculumRows } from "../training/curriculum.ts";
import { fitSummary, fitUpdate } from "../training/fitReport.ts";
import { type NetworkFitOptions, stepsOf } from "../training/networkFitOptions.ts";
import { schedulePlan } from "../training/schedulePlan.ts";
import { sequentialBag } from "../training/sequentialBag.ts";
import { checkTraining } from "../training/trainingFault.ts";
import { balanceOf } from "./classBalance.ts";
import { rowWeights } from "./rowWeights.ts";
import type { TrainingConfig } from "./signalNetConfig.ts";
import { SIGNAL_MONITORS, strideList } from "./signalNetConfig.ts";
import type { SignalNetManifest } from "./signalNetManifest.ts";
import { signalObjective } from "./signalObjective.ts";

export interface SignalNetFit {
  readonly manifest: SignalNetManifest;
  readonly onnx: Uint8Array;
  readonly summary: FitSummary;
  /** when they were asked for: the network at the end of each cycle of `cosineRestarts`, oldest first */
  readonly snapshots?: readonly SignalNetSnapshot[];
}

export interface SignalNetSnapshot {
  /** the epoch in which the cycle ended, counted from 1 */
  readonly epoch: number;
  /** of these weights alone */
  readonly validationLoss: number;
  readonly onnx: Uint8Array;
}

export interface SignalNetOptions extends NetworkFitOptions<TrainingConfig> {
  /** train on a bag of the windows, drawn by the seed; see `sequentialBag` */
  bag?: "sequential";
  /** give back the network at the end of each cycle as well (a snapshot ensemble's members); none without restarts */
  keepSnapshots?: boolean;
}

/**
 * Trains a signal network on the dataset's training rows, stops early on its validation rows, and exports the best
 * weights. Selection, scaler, class weights, sample weights and the return's scale come from the training rows alone; a
 * validation row weighs 1.
 * @throws DataError when a class does not occur in the training rows
 */
export async function fitSignalNet(
  options: SignalNetOptions,
  data: Dataset,
  context: FitContext,
): Promise<SignalNetFit> {
  const { network, training } = options;
  checkTraining(training);
  const { names, columns } = data.features;
  const inputs = await fitInputs(
    options,
    { names, columns, rows: data.train, labels: { class: data.classes, return: data.returns } },
    { signal: context.signal },
  );
  const metadata = inputsMetadata(options.metadata, inputs);
  const matrix = featureMatrix(networkInputs(columns, inputs));
  const strides = strideList(training);
  const thinned = strideRows(data.train, data.classes, strides);
  const rows = options.bag ? bagOf(data, thinned, context.seed) : thinned;
  if (rows.length < training.batch)
    throw new UsageError(
      `training.batch: ${rows.length} training windows do not fill a batch of ${training.batch}: make it smaller or give more bars`,
    );
  const balance = balanceOf(data.train, thinned, data.classes, training.classBalance);
  const returnScale = deviation(data.returns, data.train);
  const rowWeight = rowWeights(training, data, rows, options.bag ? thinned : undefined);
  const spec: TrainingSpec = {
    network: signalNetwork(network, returnScale),
    input: { time: network.window, features: matrix.features },
    targets: signalTargets(rowWeight),
    loss: (g, outputs, targets) => signalObjective(g, outputs, targets, { training, balance, returnScale }),
    ...stepsOf(options, context),
    ...(options.freezeEncoder ? { freeze: isOfEncoder } : {}),
  };
  admitTraining(spec, context);
  const program = await createTrainingProgram(spec);
  try {
    const validationRows = strideRows(data.validation, data.classes, strides);
    const validation = windowSource(matrix, network.window, validationRows, data, rowWeight);
    const untrained = await evaluateSource(program, validation);
    const weights = training.averageDecay === undefined ? "last" : "average";
    const plan = schedulePlan(
      training.schedule ?? { kind: "cosine", floor: 0.1 },
      training,
      Math.floor(rows.length / training.batch),
    );
    const { monitor = "loss", batch, curriculum } = training;
    const result = await fit(program, {
      train: windowSource(matrix, network.window, rows, data, rowWeight),
      validation,
      epochs: training.epochs,
      seed: context.seed,
      schedule: plan.schedule,
      ...(curriculum ? { rowsOf: curriculumRows(curriculum, { ...data, rows, batch }) } : {}),
      ...(options.keepSnapshots && plan.endsCycle ? { snapshotAfter: plan.endsCycle } : {}),
      weights,
      monitor,
      direction: SIGNAL_MONITORS[monitor],
      derive: (validation) => ({ ...classScores(validation) }),
      patience: training.patience,
      onProgress: (progress) => context.onUpdate?.(fitUpdate(progress)),
      ...interruptionOf(context, training.checkpointMinutes),
    });
    const onnx = program.exportOnnx(metadata, { weights });
    return {
      manifest: {
        network,
        ...inputs,
        classWeights: balance.posteriorWeights,
        baseRates: balance.baseRates,
        returnScale,
        parameters: program.parameterCount,
      },
      onnx,
      summary: fitSummary(result, {
        windows: rows.length,
        lossBefore: untrained.loss,
        lossAfter:
          result.history.find((h) => h.epoch === result.bestEpoch)?.validation.loss ?? untrained.loss,
      }),
      ...(options.keepSnapshots
        ? { snapshots: await snapshotsOf(program, result.snapshots, validation, metadata) }
        : {}),
    };
  } finally {
    await program.close();
  }
}

/** Each of the kept weights as a network of its own. The program holds the last of them afterwards. */
async function snapshotsOf(
  program: TrainingProgram,
  snapshots: readonly Snapshot[],
  validation: BatchSource,
  metadata: Record<string, string>,
): Promise<SignalNetSnapshot[]> {
  const found: SignalNetSnapshot[] = [];
  for (const { epoch, parameters } of snapshots) {
    const state = program.state();
    program.restore({ ...state, parameters, ...(state.average ? { average: parameters } : {}) });
    const { loss } = await evaluateSource(program, validation);
    found.push({ epoch, validationLoss: loss, onnx: program.exportOnnx(metadata) });
  }
  return found;
}

function bagOf({ features, history }: Dataset, rows: Int32Array, seed: number): Int32Array {
  if (!history) throw new UsageError("ensemble.bag: these data do not say when each row's label is known");
  return sequentialBag({ closeTime: features.closeTime, ...history }, rows, seed);
}

/** What a batch holds beside its windows. */
export function signalTargets(rowWeight: Float32Array | undefined): TrainingSpec["targets"] {
  return {
    class: { shape: [], dtype: "int32" },
    return: { shape: [], dtype: "float32" },
    ...(rowWeight ? { weight: { shape: [], dtype: "float32" } } : {}),
  };
}

/** Windows ending at `rows`, gathered when a batch is made. @param rowWeight by row of the data, as `rowWeights` gives it */
export function windowSource(
  matrix: FeatureMatrix,
  window: number,
  rows: Int32Array,
  data: Pick<Dataset, "classes" | "returns">,
  rowWeight?: Float32Array,
): BatchSource {
  return {
    rows: rows.length,
    gather(picked, into) {
      const ends = picked.map((i) => rows[i]!);
      gatherWindows(matrix, window, ends, into.x);
      ends.forEach((row, b) => {
        into.targets.class![b] = data.classes[row]!;
        into.targets.return![b] = data.returns[row]!;
        if (rowWeight) into.targets.weight![b] = rowWeight[row]!;
      });
    },
  };
}

function deviation(values: Float32Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row]!;
  const mean = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (values[row]! - mean) ** 2;
  const result = Math.sqrt(squares / rows.length);
  if (!(result > 0))
    throw new DataError("the training rows' returns do not vary: these bars hold nothing to learn from");
  return result;
}
