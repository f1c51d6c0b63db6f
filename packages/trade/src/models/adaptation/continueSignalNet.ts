import { createTrainingProgram, emptyBatch, type NamedParameters, readParameters } from "@orion/grad";
import { DataError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import { networkInputs } from "../../features/index.ts";
import { exportMembers, membersOf } from "../ensemble/signalNetworkOf.ts";
import type { Dataset, FitUpdate } from "../model.ts";
import { signalNetwork } from "../networks/index.ts";
import { featureMatrix } from "../sequence/featureMatrix.ts";
import { classCounts, strideRows } from "../sequence/strideRows.ts";
import type { Balance, Triple } from "../signalNet/classBalance.ts";
import { signalTargets, windowSource } from "../signalNet/fitSignalNet.ts";
import { rowWeights } from "../signalNet/rowWeights.ts";
import { strideList, type TrainingConfig } from "../signalNet/signalNetConfig.ts";
import type { SignalNetManifest } from "../signalNet/signalNetManifest.ts";
import { signalObjective } from "../signalNet/signalObjective.ts";
import { replayRows } from "./replayRows.ts";

/** A trained signal model as it is stored. */
export interface StoredNet {
  readonly onnx: Uint8Array;
  readonly manifest: SignalNetManifest;
}

export interface FreshData extends Pick<Dataset, "features" | "classes" | "returns" | "history"> {
  /** rows that came after the model's data, ascending */
  readonly fresh: Int32Array;
  /** rows that it may have learned from, ascending: the pool of the replay */
  readonly old: Int32Array;
}

export interface ContinueOptions {
  /** how the model was trained */
  training: TrainingConfig;
  /** passes over the mixture */
  epochs: number;
  /** share of the mixture's windows that are old ones, 0 … below 1 */
  replay: number;
  /** written into the exported graph */
  metadata: Record<string, string>;
  seed: number;
  threads?: number;
  signal?: AbortSignal | undefined;
  onUpdate?(update: FitUpdate): void;
}

export interface ContinuedNet extends StoredNet {
  /** windows of an epoch */
  readonly windows: { readonly fresh: number; readonly replayed: number };
  readonly steps: number;
  readonly windowsPerSecond: number;
  readonly gflops: number;
}

/** A continued training runs at a tenth of the recipe's rate: where its usual schedule ended. */
export const CONTINUED_RATE = 0.1;

/**
 * Goes on with a signal model (each member of an ensemble) on new windows mixed with a replay of old ones, which keeps it
 * from forgetting them (Robins 1995, Catastrophic Forgetting, Rehearsal and Pseudorehearsal). New rows are thinned by the
 * recipe's strides; old ones by the same, then drawn by `replayRows`. Scaler, return scale and class weights stay the
 * model's: a row of class c weighs in the loss what it weighed before, classWeights[c] / (share of its class that was
 * kept), so that `priorCorrect` still takes out what training put in.
 *
 * Sample weights are made anew among the rows of the mixture, mean 1 within each class.
 *
 * Of the recipe's training the loss, its weights, the batch and the clipping hold; its schedule, curriculum and average of the
 * weights are for a training from the beginning. AdamW begins anew, at a constant rate; no epoch is chosen, for there are no rows to choose it by. A row that fills no
 * last batch of an epoch is left out of that epoch.
 * @throws DataError without new windows; AbortError when stopped
 */
export async function continueSignalNet(
  { onnx, manifest }: StoredNet,
  data: FreshData,
  options: ContinueOptions,
): Promise<ContinuedNet> {
  const { training, replay, epochs } = options;
  const { classes } = data;
  const strides = strideList(training);
  const [fresh, pool] = [strideRows(data.fresh, classes, strides), strideRows(data.old, classes, strides)];
  if (fresh.length === 0) throw new DataError("there are no new windows to learn from");
  const wanted = Math.round((fresh.length * replay) / (1 - replay));
  const replayed = replayRows(pool, classes, 3, wanted, seededRandom(options.seed));
  const rows = Int32Array.from([...replayed, ...fresh]);
  const all = classCounts(data.fresh, classes, 3).map((n, c) => n + classCounts(data.old, classes, 3)[c]!);
  const kept = classCounts(fresh, classes, 3).map((n, c) => n + classCounts(pool, classes, 3)[c]!);
  const balance = continuedBalance(manifest, {
    // of a class that is nowhere, no row is weighed
    thinning: all.map((n, c) => (kept[c]! === 0 ? 1 : n / kept[c]!)) as Triple,
    kept: classCounts(rows, classes, 3) as Triple,
  });
  const matrix = featureMatrix(networkInputs(data.features.columns, manifest));
  const { network, returnScale } = manifest;
  const rowWeight = rowWeights(training, data, rows);
  const source = windowSource(matrix, network.window, rows, data, rowWeight);
  const batch = Math.min(training.batch, rows.length);
  const stepsPerEpoch = Math.floor(rows.length / batch);
  const members = membersOf(onnx, manifest);
  const steps = members.length * epochs * stepsPerEpoch;
  const learningRate = training.learningRate * CONTINUED_RATE;
  const continued: NamedParameters[] = [];
  let done = 0;
  let flops = 0;
  let trainingMs = 0;
  for (const [m, initial] of members.entries()) {
    options.signal?.throwIfAborted();
    const seed = options.seed + m;
    const program = await createTrainingProgram({
      network: signalNetwork(network, returnScale),
      input: { time: network.window, features: matrix.features },
      targets: signalTargets(rowWeight),
      loss: (g, outputs, targets) => signalObjective(g, outputs, targets, { training, balance, returnScale }),
      optimizer: { learningRate, weightDecay: training.weightDecay },
      clipNorm: training.clipNorm,
      batch,
      initial,
      seed,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
    });
    try {
      const random = seededRandom(seed);
      const order = Int32Array.from(rows, (_, i) => i);
      const into = emptyBatch(program.spec, batch);
      for (let step = 0; step < epochs * stepsPerEpoch; step++) {
        options.signal?.throwIfAborted();
        const at = step % stepsPerEpoch;
        if (at === 0) random.shuffle(order);
        const started = performance.now();
        source.gather(order.subarray(at * batch, (at + 1) * batch), into);
        const { loss, metrics } = await program.step(into, learningRate);
        trainingMs += performance.now() - started;
        done++;
        flops += program.flopsPerStep;
        const seconds = trainingMs / 1000;
        options.onUpdate?.({
          stage: "training on new bars",
          done,
          total: steps,
          secondsLeft: (seconds / done) * (steps - done),
          epoch: Math.floor(step / stepsPerEpoch) + 1,
          epochs,
          epochsDone: (step + 1) / stepsPerEpoch,
          step: done,
          steps,
          loss,
          accuracy: metrics.accuracy ?? null,
          balancedAccuracy: null,
          learningRate,
          windowsPerSecond: (done * batch) / seconds,
          gflops: flops / 1e9 / seconds,
          validationLoss: null,
        });
      }
      continued.push(readParameters(program.exportOnnx({})));
    } finally {
      await program.close();
    }
  }
  const seconds = trainingMs / 1000;
  return {
    onnx: exportMembers(continued, manifest, options.metadata),
    manifest,
    windows: { fresh: fresh.length, replayed: replayed.length },
    steps,
    windowsPerSecond: (done * batch) / seconds,
    gflops: flops / 1e9 / seconds,
  };
}

/**
 * Loss weights under which a row of each class weighs what it weighed in the model's own training, mean 1 over the kept
 * rows; and how many rows a kept one stands for, mean 1 as well.
 * @param thinning rows of a class for each one that is kept
 * @param kept rows of each class in the mixture
 */
export function continuedBalance(
  { classWeights, baseRates }: Pick<SignalNetManifest, "classWeights" | "baseRates">,
  { thinning, kept }: { thinning: Triple; kept: Triple },
): Balance {
  const rows = kept.reduce((a, b) => a + b, 0);
  const meanOne = (values: Triple): Triple => {
    const mean = values.reduce((sum, v, c) => sum + v * kept[c]!, 0) / rows;
    return values.map((v) => v / mean) as Triple;
  };
  return {
    lossWeights: meanOne(thinning.map((ratio, c) => ratio * classWeights[c]!) as Triple),
    posteriorWeights: classWeights,
    representedRows: meanOne(thinning),
    baseRates,
  };
}
