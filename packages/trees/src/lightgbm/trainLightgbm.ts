import { availableParallelism } from "node:os";
import { TreesUsageError } from "../errors.ts";
import { type LightgbmLibrary, lightgbmLibrary } from "../native/lightgbmLibrary.ts";
import { NativeHandle } from "../native/nativeHandle.ts";
import { EarlyStopping } from "../training/earlyStopping.ts";
import { readOptions } from "../training/readOptions.ts";
import {
  type TrainedModel,
  TrainingStopped,
  type TrainingWatch,
  type ValidationMetric,
} from "../training/roundReport.ts";
import { checkSets, rowWeights, type TreeSet, type TreeSets } from "../training/treeData.ts";
import { LIGHTGBM_OPTIONS, type LightgbmOptions } from "./lightgbmOptions.ts";

/** C_API_DTYPE_FLOAT32 */
export const FLOAT32 = 0;
const ROW_MAJOR = 1;
/** which data set an evaluation is of: 0 is the training set */
const FIRST_VALIDATION = 1;

/**
 * Trains on the calling thread, which is blocked until the end: `trainInThread` is what a program calls.
 *
 * @throws TrainingStopped between two rounds where the watch says so
 */
export function trainLightgbm(
  given: Readonly<Partial<Record<keyof LightgbmOptions, unknown>>>,
  sets: TreeSets,
  watch: TrainingWatch,
): TrainedModel {
  const options = readOptions("LightGBM", LIGHTGBM_OPTIONS, given);
  checkSets(sets);
  checkOptions(options, sets);
  const { train, validation, task } = sets;
  const library = lightgbmLibrary();
  const metric: ValidationMetric =
    task.kind === "value" ? "rmse" : task.classes === 2 ? "logloss" : "mlogloss";
  const parameters = parametersOf(options, sets);
  const open: NativeHandle[] = [];
  const kept = (handle: NativeHandle): NativeHandle => {
    open.push(handle);
    return handle;
  };
  try {
    const data = kept(createDataset(library, train, rowWeights(sets), parameters, null));
    const judge =
      validation && kept(createDataset(library, validation, validation.weights, parameters, data));
    const out: [bigint | null] = [null];
    library.check(library.boosterCreate(data.pointer, parameters, out));
    const booster = kept(new NativeHandle("LightGBM booster", out[0]!, library.boosterFree));
    if (judge) library.check(library.boosterAddValidation(booster.pointer, judge.pointer));

    const stopping = new EarlyStopping(options.earlyStoppingRounds);
    const measured = new Float64Array(1);
    let trained = 0;
    while (trained < options.rounds) {
      if (watch.isStopped()) throw new TrainingStopped();
      const isFinished: [number] = [0];
      library.check(library.boosterUpdate(booster.pointer, isFinished));
      // no leaf can be split any more: the library has dropped this round's trees, but for the constant ones of a first round
      if (isFinished[0] === 1 && trained > 0) break;
      trained++;
      let measure: number | null = null;
      if (judge) {
        library.check(library.boosterEvaluate(booster.pointer, FIRST_VALIDATION, [0], measured));
        measure = measured[0]!;
      }
      const isEnough = measure !== null && stopping.add(measure);
      watch.onRound({ round: trained, rounds: options.rounds, validation: measure });
      if (isEnough || isFinished[0] === 1) break;
    }
    const rounds = stopping.keptOf(trained);
    const importance = (kind: "gain" | "split") =>
      boosterImportance(library, booster, train.table.features, rounds, kind);
    return {
      bytes: saveBooster(library, booster, rounds),
      rounds,
      metric,
      history: stopping.history,
      importance: { gain: importance("gain"), split: importance("split") },
    };
  } finally {
    for (const handle of open.reverse()) handle.close();
  }
}

function checkOptions(o: LightgbmOptions, { train, validation }: TreeSets): void {
  const refuse = (text: string): never => {
    throw new TreesUsageError(`LightGBM: ${text}`);
  };
  if (o.monotone.length > 0 && o.monotone.length !== train.table.features)
    refuse(`option "monotone" has ${o.monotone.length} entries for ${train.table.features} features`);
  if (o.earlyStoppingRounds > 0 && !validation) refuse('option "earlyStoppingRounds" needs a validation set');
  if (o.earlyStoppingRounds > 0 && o.boosting === "dart")
    refuse(
      '"dart" changes the weights of earlier trees, so that no round can be gone back to: leave "earlyStoppingRounds" out',
    );
  if (o.boosting === "rf" && (o.rowSampleEvery === 0 || o.rowSample === 1))
    refuse('"rf" needs sampled rows: give "rowSample" below 1 and "rowSampleEvery" of at least 1');
  if (o.boosting === "goss" && o.rowSampleEvery > 0 && o.rowSample < 1)
    refuse('"goss" samples rows by itself: leave "rowSample" and "rowSampleEvery" out');
  if (o.boosting === "goss" && o.topShare + o.otherShare > 1)
    refuse('"topShare" and "otherShare" add up to more than 1');
}

function createDataset(
  library: LightgbmLibrary,
  { table, targets }: TreeSet,
  weights: Float32Array | undefined,
  parameters: string,
  reference: NativeHandle | null,
): NativeHandle {
  const out: [bigint | null] = [null];
  library.check(
    library.datasetCreate(
      table.values,
      FLOAT32,
      table.rows,
      table.features,
      ROW_MAJOR,
      parameters,
      reference ? reference.pointer : null,
      out,
    ),
  );
  const dataset = new NativeHandle("LightGBM dataset", out[0]!, library.datasetFree);
  library.check(library.datasetSetField(dataset.pointer, "label", targets, targets.length, FLOAT32));
  if (weights)
    library.check(library.datasetSetField(dataset.pointer, "weight", weights, weights.length, FLOAT32));
  return dataset;
}

function parametersOf(o: LightgbmOptions, { task }: TreeSets): string {
  const settings: Record<string, string | number | boolean> = {
    ...(task.kind === "value"
      ? { objective: "regression", metric: "rmse" }
      : task.classes === 2
        ? { objective: "binary", metric: "binary_logloss" }
        : { objective: "multiclass", metric: "multi_logloss", num_class: task.classes }),
    boosting: o.boosting === "goss" ? "gbdt" : o.boosting,
    data_sample_strategy: o.boosting === "goss" ? "goss" : "bagging",
    learning_rate: o.learningRate,
    num_leaves: o.leaves,
    max_depth: o.maxDepth === 0 ? -1 : o.maxDepth,
    min_data_in_leaf: o.minLeafRows,
    min_sum_hessian_in_leaf: o.minLeafWeight,
    min_gain_to_split: o.minSplitGain,
    bagging_fraction: o.rowSample,
    bagging_freq: o.rowSampleEvery,
    feature_fraction: o.columnSample,
    feature_fraction_bynode: o.columnSampleByNode,
    extra_trees: o.randomThresholds,
    lambda_l1: o.l1,
    lambda_l2: o.l2,
    max_bin: o.maxBins,
    top_rate: o.topShare,
    other_rate: o.otherShare,
    drop_rate: o.dropShare,
    max_drop: o.maxDropped,
    skip_drop: o.skipDrop,
    boost_from_average: o.startFromMean,
    zero_as_missing: o.zeroAsMissing,
    seed: o.seed,
    num_threads: o.threads || availableParallelism(),
    // one thread sums a feature's histogram, so that the order of the sum does not depend on the number of threads
    deterministic: true,
    force_col_wise: true,
    verbosity: -1,
    ...(o.monotone.length > 0 ? { monotone_constraints: o.monotone.join(",") } : {}),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

const SPLIT_COUNTS = 0;

/** The model in LightGBM's text format. The number of threads is left out of it: it changes nothing that was learnt. */
export function saveBooster(library: LightgbmLibrary, booster: NativeHandle, rounds: number): Uint8Array {
  const length: [number] = [0];
  let out = new Uint8Array(1 << 16);
  const save = () =>
    library.check(library.boosterSave(booster.pointer, 0, rounds, SPLIT_COUNTS, out.length, length, out));
  save();
  if (Number(length[0]) > out.length) {
    out = new Uint8Array(Number(length[0]));
    save();
  }
  const text = Buffer.from(out.subarray(0, Number(length[0]) - 1)).toString("utf8");
  return new TextEncoder().encode(text.replace(/^\[num_threads: \d+\]$/m, "[num_threads: 0]"));
}

/** For each feature the gain of all splits on it, or their number, in the first rounds; 0: all of them. */
export function boosterImportance(
  library: LightgbmLibrary,
  booster: NativeHandle,
  features: number,
  rounds: number,
  kind: "gain" | "split",
): number[] {
  const found = new Float64Array(features);
  library.check(library.boosterImportance(booster.pointer, rounds, kind === "gain" ? 1 : 0, found));
  return [...found];
}
