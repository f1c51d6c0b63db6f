import { TreesDataError, TreesUsageError } from "../errors.ts";
import { chooseLibsvm } from "../native/chooseLibsvm.ts";
import { readOptions } from "../training/readOptions.ts";
import type { TrainedModel } from "../training/roundReport.ts";
import { checkSets, classWeightsOf, type TreeSets, type TreeTable } from "../training/treeData.ts";
import { jsSolver } from "./solveByJs.ts";
import { modelOf, type SvmProblemToSolve, type SvmSolver } from "./solvedSvm.ts";
import { nativeSolver } from "./solveNative.ts";
import { writeSvmModel } from "./svmModel.ts";
import { SVM_OPTIONS, type SvmOptions } from "./svmOptions.ts";

/** svm_binary_svc_probability of libsvm: the folds on which a pair's probability is fitted */
const PROBABILITY_FOLDS = 5;

/** Done of the problems that are solved one after another: with probabilities six for each pair of classes. */
export interface SvmProgress {
  done: number;
  total: number;
}

export interface TrainedSvm extends TrainedModel {
  /** what trained it, such as "libsvm 3.24" */
  solver: string;
  /** whether that is libsvm-js, because the machine has no libsvm */
  isFallback: boolean;
}

/**
 * Trains on the calling thread, which is blocked until the end; libsvm cannot be stopped between: `trainSvmInProcess` is
 * what a program calls. Classes get probabilities by Platt's sigmoid on five folds, and pairwise coupling.
 *
 * @param onPrint whenever libsvm prints: after some iterations by the native library, after each problem by libsvm-js
 */
export async function trainSvm(
  given: Readonly<Partial<Record<keyof SvmOptions, unknown>>>,
  sets: TreeSets,
  onProgress: (progress: SvmProgress) => void,
  onPrint: () => void = () => {},
): Promise<TrainedSvm> {
  const options = readOptions("svm", SVM_OPTIONS, given);
  checkSets(sets);
  const { task, train, validation, classWeights } = sets;
  checkNoneMissing("the training set", train.table);
  if (validation) throw new TreesUsageError("svm: it trains in one go and reads no validation set");
  if (train.weights?.some((w) => w !== train.weights![0]))
    throw new TreesUsageError(
      "svm: libsvm has no row weights: give class weights or draw the rows by their weights",
    );
  const choice = chooseLibsvm();
  const solver: SvmSolver =
    choice.kind === "native" ? nativeSolver(choice.library) : jsSolver(choice.versionText);
  const isClassifier = task.kind === "classes";
  const { rows, features } = train.table;
  // libsvm numbers classes as they appear: rising rows make it their order in the target
  const order = Array.from({ length: rows }, (_, i) => i);
  if (isClassifier) order.sort((a, b) => train.targets[a]! - train.targets[b]! || a - b);
  const sorted = new Float32Array(rows * features);
  const y = new Float64Array(new ArrayBuffer(8 * rows));
  for (const [place, row] of order.entries()) {
    sorted.set(train.table.values.subarray(row * features, (row + 1) * features), place * features);
    y[place] = train.targets[row]!;
  }
  const problem: SvmProblemToSolve = {
    values: sorted,
    features,
    y,
    isClassifier,
    classWeights:
      isClassifier && classWeights ? classWeightsOf(classWeights, train.targets, task.classes) : [],
    options,
    gamma: options.gamma || 1 / features,
  };
  const present = new Set(train.targets).size;
  const total = isClassifier ? ((present * (present - 1)) / 2) * (PROBABILITY_FOLDS + 1) : 1;
  let done = 0;
  const solved = await solver.solve(problem, (text) => {
    onPrint();
    if (text.includes("optimization finished")) onProgress({ done: Math.min(++done, total), total });
  });
  return {
    bytes: writeSvmModel(modelOf(solved, problem)),
    rounds: 1,
    metric: isClassifier ? "mlogloss" : "rmse",
    history: [],
    importance: {},
    solver: solver.name,
    isFallback: choice.kind === "js",
  };
}

export function checkNoneMissing(what: string, { values, features }: TreeTable): void {
  const at = values.findIndex(Number.isNaN);
  if (at >= 0)
    throw new TreesDataError(
      `svm: ${what} has a missing value in row ${Math.floor(at / features)}, column ${at % features}: fill it first`,
    );
}
