import { availableParallelism } from "node:os";
import { TreesDataError, TreesUsageError } from "../errors.ts";
import { NativeHandle } from "../native/nativeHandle.ts";
import { copyBytes, copyFloats, copyStrings } from "../native/nativeMemory.ts";
import { type XgboostLibrary, xgboostLibrary } from "../native/xgboostLibrary.ts";
import { EarlyStopping } from "../training/earlyStopping.ts";
import { readOptions } from "../training/readOptions.ts";
import {
  type TrainedModel,
  TrainingStopped,
  type TrainingWatch,
  type ValidationMetric,
} from "../training/roundReport.ts";
import { checkSets, rowWeights, type TreeSets, type TreeTable } from "../training/treeData.ts";
import { XGBOOST_OPTIONS, type XgboostOptions } from "./xgboostOptions.ts";

/** A table in XGBoost's own memory. */
export function createMatrix(library: XgboostLibrary, table: TreeTable, threads: number): NativeHandle {
  const out: [bigint | null] = [null];
  library.check(library.matrixCreate(table.values, table.rows, table.features, Number.NaN, out, threads));
  return new NativeHandle("XGBoost matrix", out[0]!, library.matrixFree);
}

export function createBooster(library: XgboostLibrary, matrices: readonly NativeHandle[]): NativeHandle {
  const out: [bigint | null] = [null];
  const pointers = matrices.map((m) => m.pointer);
  library.check(library.boosterCreate(pointers, pointers.length, out));
  return new NativeHandle("XGBoost booster", out[0]!, library.boosterFree);
}

/**
 * Trains on the calling thread, which is blocked until the end: `trainInThread` is what a program calls.
 *
 * @throws TrainingStopped between two rounds where the watch says so
 */
export function trainXgboost(
  given: Readonly<Partial<Record<keyof XgboostOptions, unknown>>>,
  sets: TreeSets,
  watch: TrainingWatch,
): TrainedModel {
  const options = readOptions("XGBoost", XGBOOST_OPTIONS, given);
  checkSets(sets);
  const { train, validation, task } = sets;
  if (options.monotone.length > 0 && options.monotone.length !== train.table.features)
    throw new TreesUsageError(
      `XGBoost: option "monotone" has ${options.monotone.length} entries for ${train.table.features} features`,
    );
  if (options.earlyStoppingRounds > 0 && !validation)
    throw new TreesUsageError('XGBoost: option "earlyStoppingRounds" needs a validation set');
  const library = xgboostLibrary();
  const threads = options.threads || availableParallelism();
  const open: NativeHandle[] = [];
  const kept = (handle: NativeHandle): NativeHandle => {
    open.push(handle);
    return handle;
  };
  try {
    const weights = rowWeights(sets);
    const matrix = kept(createMatrix(library, train.table, threads));
    setFloats(library, matrix, "label", train.targets);
    if (weights) setFloats(library, matrix, "weight", weights);
    const judge = validation ? kept(createMatrix(library, validation.table, threads)) : undefined;
    if (judge && validation) {
      setFloats(library, judge, "label", validation.targets);
      if (validation.weights) setFloats(library, judge, "weight", validation.weights);
    }
    const booster = kept(createBooster(library, judge ? [matrix, judge] : [matrix]));
    const metric: ValidationMetric =
      task.kind === "value" ? "rmse" : task.classes === 2 ? "logloss" : "mlogloss";
    const settings = settingsOf(options, sets, weights, threads, metric);
    for (const [name, value] of Object.entries(settings))
      library.check(library.boosterSetParam(booster.pointer, name, value));

    const stopping = new EarlyStopping(options.earlyStoppingRounds);
    let trained = 0;
    while (trained < options.rounds) {
      if (watch.isStopped()) throw new TrainingStopped();
      library.check(library.boosterUpdate(booster.pointer, trained, matrix.pointer));
      trained++;
      const measure = judge ? evaluate(library, booster, judge, trained - 1) : null;
      const isEnough = measure !== null && stopping.add(measure);
      watch.onRound({ round: trained, rounds: options.rounds, validation: measure });
      if (isEnough) break;
    }
    const rounds = stopping.keptOf(trained);
    let result = booster;
    if (rounds < trained) {
      const out: [bigint | null] = [null];
      library.check(library.boosterSlice(booster.pointer, 0, rounds, 1, out));
      result = kept(new NativeHandle("XGBoost booster", out[0]!, library.boosterFree));
    }
    const importance = (kind: "gain" | "split") =>
      boosterImportance(library, result, train.table.features, kind);
    return {
      bytes: saveBooster(library, result),
      rounds,
      metric,
      history: stopping.history,
      importance: { gain: importance("gain"), split: importance("split") },
    };
  } finally {
    for (const handle of open.reverse()) handle.close();
  }
}

function setFloats(library: XgboostLibrary, matrix: NativeHandle, field: string, values: Float32Array): void {
  library.check(library.matrixSetFloats(matrix.pointer, field, values, values.length));
}

function settingsOf(
  o: XgboostOptions,
  { task, train }: TreeSets,
  weights: Float32Array | undefined,
  threads: number,
  metric: ValidationMetric,
): Record<string, string> {
  const isBinary = task.kind === "classes" && task.classes === 2;
  return {
    ...(task.kind === "value"
      ? { objective: "reg:squarederror", base_score: String(weightedMean(train.targets, weights)) }
      : isBinary
        ? { objective: "binary:logistic", base_score: String(weightedMean(train.targets, weights)) }
        : // 3.1 and later would begin with the classes' shares: every version is to learn alike
          { objective: "multi:softprob", num_class: String(task.classes), base_score: "0.5" }),
    eval_metric: metric,
    tree_method: "hist",
    nthread: String(threads),
    seed: String(o.seed),
    eta: String(o.learningRate),
    max_depth: String(o.maxDepth),
    max_leaves: String(o.maxLeaves),
    grow_policy: o.growth,
    min_child_weight: String(o.minLeafWeight),
    gamma: String(o.minSplitGain),
    subsample: String(o.rowSample),
    colsample_bytree: String(o.columnSample),
    colsample_bynode: String(o.columnSampleByNode),
    alpha: String(o.l1),
    lambda: String(o.l2),
    max_bin: String(o.maxBins),
    max_delta_step: String(o.maxDeltaStep),
    ...(o.monotone.length > 0 ? { monotone_constraints: `(${o.monotone.join(",")})` } : {}),
  };
}

/** Where the first tree starts from: the weighted mean of the targets, for two classes the share of the second. */
function weightedMean(targets: Float32Array, weights: Float32Array | undefined): number {
  let sum = 0;
  let total = 0;
  for (const [row, t] of targets.entries()) {
    const w = weights?.[row] ?? 1;
    sum += w * t;
    total += w;
  }
  return sum / total;
}

/** XGBoost answers with a line such as "[3]	validation-mlogloss:1.0512". */
function evaluate(
  library: XgboostLibrary,
  booster: NativeHandle,
  judge: NativeHandle,
  round: number,
): number {
  const out: [string | null] = [null];
  library.check(library.boosterEvaluate(booster.pointer, round, [judge.pointer], ["validation"], 1, out));
  const value = Number(out[0]?.split(":").at(-1));
  if (Number.isNaN(value))
    throw new TreesDataError(`XGBoost: the validation measure of round ${round + 1} is no number`);
  return value;
}

/** The model in XGBoost's JSON: its own format, which can be read without the library too. */
export function saveBooster(library: XgboostLibrary, booster: NativeHandle): Uint8Array {
  const length: [number] = [0];
  const out: [bigint | null] = [null];
  library.check(library.boosterSave(booster.pointer, '{"format":"json"}', length, out));
  return copyBytes(out[0]!, Number(length[0]));
}

/** For each feature the gain of all splits on it, or their number. */
export function boosterImportance(
  library: XgboostLibrary,
  booster: NativeHandle,
  features: number,
  kind: "gain" | "split",
): number[] {
  const config = { importance_type: kind === "gain" ? "total_gain" : "weight" };
  const found: [number] = [0];
  const names: [bigint | null] = [null];
  const dimensions: [number] = [0];
  const shape: [bigint | null] = [null];
  const scores: [bigint | null] = [null];
  library.check(
    library.boosterScores(booster.pointer, JSON.stringify(config), found, names, dimensions, shape, scores),
  );
  const importance = new Array<number>(features).fill(0);
  const count = Number(found[0]);
  if (count === 0) return importance;
  const values = copyFloats(scores[0]!, count);
  // features without names are called f0, f1, …
  for (const [i, name] of copyStrings(names[0]!, count).entries())
    importance[Number(name.slice(1))] = values[i]!;
  return importance;
}
