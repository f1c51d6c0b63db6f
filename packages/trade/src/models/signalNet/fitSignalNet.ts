import {
  type BatchSource,
  createTrainingProgram,
  evaluateSource,
  type FitProgress,
  type FitResult,
  fit,
  warmupCosine,
} from "@orion/grad";
import { DataError } from "../../core/errors.ts";
import { applyScaler, fitStandardScaler } from "../../features/index.ts";
import { interruptionOf } from "../interruption.ts";
import type { Dataset, FitContext, FitSummary, FitUpdate } from "../model.ts";
import { type NetworkConfig, signalNetwork } from "../networks/index.ts";
import { type FeatureMatrix, featureMatrix, gatherWindows } from "../sequence/featureMatrix.ts";
import { strideRows } from "../sequence/strideRows.ts";
import { balanceOf } from "./classBalance.ts";
import type { ScalingConfig, TrainingConfig } from "./signalNetConfig.ts";
import { strideList } from "./signalNetConfig.ts";
import type { SignalNetManifest } from "./signalNetManifest.ts";
import { balancedAccuracyOf, signalObjective } from "./signalObjective.ts";

export interface SignalNetFit {
  readonly manifest: SignalNetManifest;
  readonly onnx: Uint8Array;
  readonly summary: FitSummary;
}

export interface SignalNetOptions {
  network: NetworkConfig;
  training: TrainingConfig;
  scaling: ScalingConfig;
  /** written into the exported graph */
  metadata: Record<string, string>;
}

/**
 * Trains a signal network on the dataset's training rows, stops early on its validation rows, and exports the best
 * weights. Scaler, class weights and the return's scale come from the training rows alone.
 * @throws DataError when a class does not occur in the training rows
 */
export async function fitSignalNet(
  options: SignalNetOptions,
  data: Dataset,
  context: FitContext,
): Promise<SignalNetFit> {
  const { network, training, scaling } = options;
  const scaler = fitStandardScaler(data.features.names, data.features.columns, data.train, {
    clip: scaling.clip,
  });
  const matrix = featureMatrix(applyScaler(data.features.columns, scaler));
  const strides = strideList(training);
  const rows = strideRows(data.train, data.classes, strides);
  const balance = balanceOf(data.train, rows, data.classes, training.classBalance);
  const returnScale = deviation(data.returns, data.train);
  const program = await createTrainingProgram({
    network: signalNetwork(network, returnScale),
    input: { time: network.window, features: matrix.features },
    targets: { class: { shape: [], dtype: "int32" }, return: { shape: [], dtype: "float32" } },
    loss: (g, outputs, targets) => signalObjective(g, outputs, targets, { training, balance, returnScale }),
    optimizer: { learningRate: training.learningRate, weightDecay: training.weightDecay },
    clipNorm: training.clipNorm,
    batch: training.batch,
    seed: context.seed,
    ...(context.threads === undefined ? {} : { threads: context.threads }),
  });
  try {
    const validationRows = strideRows(data.validation, data.classes, strides);
    const validation = windowSource(matrix, network.window, validationRows, data);
    const untrained = await evaluateSource(program, validation);
    const result = await fit(program, {
      train: windowSource(matrix, network.window, rows, data),
      validation,
      epochs: training.epochs,
      seed: context.seed,
      schedule: warmupCosine({
        peak: training.learningRate,
        warmupSteps: training.warmupSteps,
        floor: training.learningRate / 10,
      }),
      patience: training.patience,
      onProgress: (progress) => context.onUpdate?.(updateOf(progress)),
      ...interruptionOf(context),
    });
    return {
      manifest: {
        network,
        scaler,
        classWeights: balance.posteriorWeights,
        baseRates: balance.baseRates,
        returnScale,
        parameters: program.parameterCount,
      },
      onnx: program.exportOnnx(options.metadata),
      summary: summaryOf(result, rows.length, untrained.loss),
    };
  } finally {
    await program.close();
  }
}

/** Windows ending at `rows`, gathered when a batch is made. */
function windowSource(matrix: FeatureMatrix, window: number, rows: Int32Array, data: Dataset): BatchSource {
  return {
    rows: rows.length,
    gather(picked, into) {
      const ends = picked.map((i) => rows[i]!);
      gatherWindows(matrix, window, ends, into.x);
      ends.forEach((row, b) => {
        into.targets.class![b] = data.classes[row]!;
        into.targets.return![b] = data.returns[row]!;
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

function updateOf(p: FitProgress): FitUpdate {
  const done = (p.epoch - 1) * p.stepsPerEpoch + p.step;
  return {
    stage: "training",
    done,
    total: p.epochs * p.stepsPerEpoch,
    secondsLeft: p.secondsLeft,
    epoch: p.epoch,
    epochs: p.epochs,
    step: done,
    steps: p.epochs * p.stepsPerEpoch,
    loss: p.loss,
    accuracy: p.metrics.accuracy ?? null,
    balancedAccuracy: balancedAccuracyOf(p.validation ?? p.metrics),
    learningRate: p.learningRate,
    windowsPerSecond: p.windowsPerSecond,
    gflops: p.gflops,
    validationLoss: p.validation?.loss ?? null,
  };
}

function summaryOf(result: FitResult, windows: number, lossBefore: number): FitSummary {
  return {
    epochs: result.epochs,
    bestEpoch: result.bestEpoch ?? 0,
    stoppedEarly: result.stoppedEarly,
    aborted: result.aborted,
    windows,
    windowsPerSecond: result.windowsPerSecond,
    gflops: result.gflops,
    lossBefore,
    lossAfter: result.history.find((h) => h.epoch === result.bestEpoch)?.validation.loss ?? lossBefore,
    history: result.history.map((h) => ({
      epoch: h.epoch,
      loss: h.loss,
      validationLoss: h.validation.loss!,
    })),
  };
}
