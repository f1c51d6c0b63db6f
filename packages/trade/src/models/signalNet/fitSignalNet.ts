import {
  accuracy,
  add,
  type BatchSource,
  createTrainingProgram,
  crossEntropy,
  type FitProgress,
  type FitResult,
  fit,
  type GraphBuilder,
  mul,
  oneHot,
  reduceMean,
  reduceSum,
  reshape,
  sub,
  type Tensor,
  type TrainingProgram,
  warmupCosine,
} from "@orion/grad";
import { DataError } from "../../core/errors.ts";
import { applyScaler, fitStandardScaler } from "../../features/index.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import type { Dataset, FitContext, FitSummary, FitUpdate } from "../model.ts";
import { transformerSignal } from "../networks/transformerSignal.ts";
import type { TransformerSignalConfig } from "../networks/transformerSignalConfig.ts";
import { type FeatureMatrix, featureMatrix, gatherWindows } from "../sequence/featureMatrix.ts";
import { classCounts, strideRows } from "../sequence/strideRows.ts";
import type { ScalingConfig, TrainingConfig } from "./signalNetConfig.ts";
import { strideList } from "./signalNetConfig.ts";
import type { SignalNetManifest } from "./signalNetManifest.ts";

export interface SignalNetFit {
  readonly manifest: SignalNetManifest;
  readonly onnx: Uint8Array;
  readonly summary: FitSummary;
}

export interface SignalNetOptions {
  network: TransformerSignalConfig;
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
    network: transformerSignal(network, returnScale),
    input: { time: network.window, features: matrix.features },
    targets: { class: { shape: [], dtype: "int32" }, return: { shape: [], dtype: "float32" } },
    loss(g, outputs, targets) {
      const logits = outputs["logits"]!;
      const entropy = crossEntropy(g, logits, targets["class"]!, {
        classWeights: balance.lossWeights,
        focalGamma: training.focalGamma,
      });
      const error = weightedSquaredError(g, outputs["return"]!, targets["return"]!, {
        rowWeights: classValues(g, targets["class"]!, balance.representedRows),
        scale: returnScale,
      });
      return {
        loss: add(g, entropy, mul(g, error, training.returnWeight)),
        metrics: {
          crossEntropy: entropy,
          squaredError: error,
          accuracy: accuracy(g, logits, targets["class"]!),
        },
      };
    },
    optimizer: { learningRate: training.learningRate, weightDecay: training.weightDecay },
    clipNorm: training.clipNorm,
    batch: training.batch,
    seed: context.seed,
    ...(context.threads === undefined ? {} : { threads: context.threads }),
  });
  try {
    const validationRows = strideRows(data.validation, data.classes, strides);
    const result = await fit(program, {
      train: windowSource(matrix, network.window, rows, data),
      validation: windowSource(matrix, network.window, validationRows, data),
      epochs: training.epochs,
      seed: context.seed,
      schedule: warmupCosine({
        peak: training.learningRate,
        warmupSteps: training.warmupSteps,
        floor: training.learningRate / 10,
      }),
      patience: training.patience,
      validate: (predict) =>
        balancedAccuracyOf(predict, matrix, network.window, validationRows, data.classes),
      onProgress: (progress) => context.onUpdate?.(updateOf(progress)),
      fingerprint: context.checkpoint?.fingerprint ?? "",
      ...(context.signal ? { signal: context.signal } : {}),
      ...(context.checkpoint ? { checkpoint: { everySeconds: 60, save: context.checkpoint.save } } : {}),
      ...(context.checkpoint?.resume ? { resume: context.checkpoint.resume } : {}),
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
      summary: summaryOf(result, rows.length),
    };
  } finally {
    await program.close();
  }
}

type Triple = [number, number, number];

export interface Balance {
  readonly lossWeights: Triple;
  readonly posteriorWeights: Triple;
  readonly representedRows: Triple;
  readonly baseRates: Triple;
}

/**
 * Weights of the classes. `lossWeights` make each class weigh the same in sum over the thinned rows (mean weight 1).
 * `posteriorWeights` are what one row of each class weighed against the market's own frequencies: the loss weight
 * times the share of the class's rows that was kept. `representedRows` are how many of the market's rows a kept one stands
 * for (mean 1 over the kept rows): the return head learns the mean return under them, not that of the thinned rows.
 */
export function balanceOf(
  all: Int32Array,
  kept: Int32Array,
  classes: Float32Array,
  kind: TrainingConfig["classBalance"],
): Balance {
  const n = classCounts(all, classes, 3);
  const k = classCounts(kept, classes, 3);
  const missing = k.findIndex((count) => count === 0);
  if (missing >= 0) {
    throw new DataError(
      `the ${all.length} training rows hold no ${SIGNALS[missing]}: lower the label's threshold, lengthen its horizon or give more bars`,
    );
  }
  const lossWeights = k.map((count) => (kind === "weights" ? kept.length / (3 * count) : 1)) as Triple;
  return {
    lossWeights,
    posteriorWeights: lossWeights.map((w, c) => (w * k[c]!) / n[c]!) as Triple,
    representedRows: k.map((count, c) => ((n[c]! / count) * kept.length) / all.length) as Triple,
    baseRates: n.map((count) => count / all.length) as Triple,
  };
}

/** One value a row [B], chosen by its class. labels [B] */
function classValues(g: GraphBuilder, labels: Tensor, values: Triple): Tensor {
  return reduceSum(g, mul(g, oneHot(g, labels, 3), reshape(g, g.constant(values), [1, 3])), 1);
}

/** Mean of w ((prediction - target) / scale)^2 over the rows. All tensors [B]; a scalar. */
function weightedSquaredError(
  g: GraphBuilder,
  prediction: Tensor,
  target: Tensor,
  { rowWeights, scale }: { rowWeights: Tensor; scale: number },
): Tensor {
  const error = mul(g, sub(g, prediction, target), 1 / scale);
  return reduceMean(g, mul(g, rowWeights, mul(g, error, error)));
}

/** Windows ending at `rows`, gathered when a batch is made. */
function windowSource(matrix: FeatureMatrix, window: number, rows: Int32Array, data: Dataset): BatchSource {
  return {
    rows: rows.length,
    gather(picked, into) {
      const ends = picked.map((i) => rows[i]!);
      gatherWindows(matrix, window, ends, into.x);
      ends.forEach((row, b) => {
        into.targets["class"]![b] = data.classes[row]!;
        into.targets["return"]![b] = data.returns[row]!;
      });
    },
  };
}

/** Mean recall of the classes when the largest output wins: chance is 1/3 whatever the class frequencies are. */
async function balancedAccuracyOf(
  predict: TrainingProgram["predict"],
  matrix: FeatureMatrix,
  window: number,
  rows: Int32Array,
  classes: Float32Array,
): Promise<Record<string, number>> {
  const size = window * matrix.features;
  const hits = [0, 0, 0];
  const counts = classCounts(rows, classes, 3);
  for (let from = 0; from < rows.length; from += 64) {
    const part = rows.subarray(from, from + 64);
    const x = new Float32Array(part.length * size);
    gatherWindows(matrix, window, part, x);
    const p = (await predict(x, part.length))["probabilities"]!;
    part.forEach((row, i) => {
      const triple = p.subarray(i * 3, i * 3 + 3);
      const winner = triple.indexOf(Math.max(...triple));
      if (winner === classes[row]) hits[winner]!++;
    });
  }
  const recalls = hits.flatMap((hit, c) => (counts[c]! > 0 ? [hit / counts[c]!] : []));
  return { balancedAccuracy: recalls.reduce((a, b) => a + b, 0) / Math.max(1, recalls.length) };
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
    accuracy: p.metrics["accuracy"] ?? null,
    balancedAccuracy: p.validation?.["balancedAccuracy"] ?? null,
    learningRate: p.learningRate,
    windowsPerSecond: p.windowsPerSecond,
    gflops: p.gflops,
    validationLoss: p.validation?.["loss"] ?? null,
  };
}

function summaryOf(result: FitResult, windows: number): FitSummary {
  return {
    epochs: result.epochs,
    bestEpoch: result.bestEpoch ?? 0,
    stoppedEarly: result.stoppedEarly,
    aborted: result.aborted,
    windows,
    windowsPerSecond: result.windowsPerSecond,
    gflops: result.gflops,
    history: result.history.map((h) => ({
      epoch: h.epoch,
      loss: h.loss,
      validationLoss: h.validation["loss"]!,
    })),
  };
}
