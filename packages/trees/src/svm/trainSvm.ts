import { TreesDataError, TreesUsageError } from "../errors.ts";
import {
  libsvmLibrary,
  type SvmModelStruct,
  type SvmParameter,
  type SvmProblem,
} from "../native/libsvmLibrary.ts";
import { addressOf, copyDoubles, copyInts, copyPointers } from "../native/nativeMemory.ts";
import { readOptions } from "../training/readOptions.ts";
import type { TrainedModel } from "../training/roundReport.ts";
import { checkSets, classWeightsOf, type TreeSets, type TreeTable } from "../training/treeData.ts";
import { type SvmModel, writeSvmModel } from "./svmModel.ts";
import { nodeStride, svmNodes } from "./svmNodes.ts";
import { SVM_OPTIONS, type SvmOptions } from "./svmOptions.ts";

const C_SVC = 0;
const EPSILON_SVR = 3;
const RBF = 2;
/** svm_binary_svc_probability of libsvm: the folds on which a pair's probability is fitted */
const PROBABILITY_FOLDS = 5;

/** Done of the problems that are solved one after another: with probabilities six for each pair of classes. */
export interface SvmProgress {
  done: number;
  total: number;
}

/**
 * Trains on the calling thread, which is blocked until the end; libsvm cannot be stopped between: `trainSvmInProcess` is
 * what a program calls. Classes get probabilities by Platt's sigmoid on five folds, and pairwise coupling.
 */
export function trainSvm(
  given: Readonly<Partial<Record<keyof SvmOptions, unknown>>>,
  sets: TreeSets,
  onProgress: (progress: SvmProgress) => void,
): TrainedModel {
  const options = readOptions("svm", SVM_OPTIONS, given);
  checkSets(sets);
  const { task, train, validation, classWeights } = sets;
  checkNoneMissing("the training set", train.table);
  if (validation) throw new TreesUsageError("svm: it trains in one go and reads no validation set");
  if (train.weights?.some((w) => w !== train.weights![0]))
    throw new TreesUsageError(
      "svm: libsvm has no row weights: give class weights or draw the rows by their weights",
    );
  const library = libsvmLibrary();
  const { rows, features } = train.table;
  // libsvm numbers classes as they appear: rising rows make it their order in the target
  const order = Array.from({ length: rows }, (_, i) => i);
  if (task.kind === "classes") order.sort((a, b) => train.targets[a]! - train.targets[b]! || a - b);
  const sorted = new Float32Array(rows * features);
  const y = new Float64Array(new ArrayBuffer(8 * rows));
  for (const [place, row] of order.entries()) {
    sorted.set(train.table.values.subarray(row * features, (row + 1) * features), place * features);
    y[place] = train.targets[row]!;
  }
  const nodes = svmNodes(sorted, rows, features);
  const first = addressOf(nodes);
  const stride = BigInt(nodeStride(features));
  const x = BigUint64Array.from({ length: rows }, (_, i) => first + BigInt(i) * stride);
  const wanted =
    task.kind === "classes" && classWeights ? classWeightsOf(classWeights, train.targets, task.classes) : [];
  const labels = Int32Array.from({ length: Math.max(wanted.length, 64) }, (_, k) => k);
  const weights = new Float64Array(Math.max(wanted.length, 64));
  weights.set(wanted);
  const parameter: SvmParameter = {
    svm_type: task.kind === "classes" ? C_SVC : EPSILON_SVR,
    kernel_type: RBF,
    degree: 3,
    gamma: options.gamma || 1 / features,
    coef0: 0,
    cache_size: options.cacheMb,
    eps: options.tolerance,
    C: options.cost,
    nr_weight: wanted.length,
    weight_label: wanted.length > 0 ? addressOf(labels) : 0n,
    weight: wanted.length > 0 ? addressOf(weights) : 0n,
    nu: 0.5,
    p: options.tube,
    shrinking: options.shrinking ? 1 : 0,
    probability: task.kind === "classes" ? 1 : 0,
  };
  const problem: SvmProblem = { l: rows, y: addressOf(y), x: addressOf(x) };
  const fault = library.checkParameter(problem, parameter);
  if (fault) throw new TreesDataError(`libsvm: ${fault}`);
  const present = new Set(train.targets).size;
  const total = task.kind === "classes" ? ((present * (present - 1)) / 2) * (PROBABILITY_FOLDS + 1) : 1;
  let done = 0;
  library.setPrint((text) => {
    if (text.includes("optimization finished")) onProgress({ done: Math.min(++done, total), total });
  });
  library.seedRandom(options.seed);
  const pointer = library.train(problem, parameter);
  try {
    const model = copyModel(library.readModel(pointer), task.kind === "classes", sorted, features);
    return {
      bytes: writeSvmModel(model),
      rounds: 1,
      metric: task.kind === "classes" ? "mlogloss" : "rmse",
      history: [],
      importance: {},
    };
  } finally {
    library.freeModel(pointer);
    // the library read these by their addresses until here
    keepAlive(nodes, x, y, labels, weights);
  }
}

/** Support vectors are taken from the rows themselves: libsvm's own file would round them to eight digits. */
function copyModel(s: SvmModelStruct, isClassifier: boolean, rows: Float32Array, features: number): SvmModel {
  const classes = isClassifier ? s.nr_class : 0;
  const pairs = isClassifier ? (classes * (classes - 1)) / 2 : 1;
  if (s.l === 0)
    throw new TreesDataError(
      "svm: no row became a support vector: the tube is wider than the targets spread",
    );
  const coefficientRows = copyPointers(BigInt(s.sv_coef), Math.max(1, classes - 1));
  const coefficients = new Float64Array(coefficientRows.length * s.l);
  for (const [r, each] of coefficientRows.entries()) coefficients.set(copyDoubles(each, s.l), r * s.l);
  const vectors = new Float64Array(s.l * features);
  for (const [v, index] of copyInts(BigInt(s.sv_indices), s.l).entries())
    vectors.set(rows.subarray((index - 1) * features, index * features), v * features);
  const doubles = (pointer: bigint | number): number[] => [...copyDoubles(BigInt(pointer), pairs)];
  return {
    type: isClassifier ? "c_svc" : "epsilon_svr",
    gamma: s.param.gamma,
    labels: isClassifier ? [...copyInts(BigInt(s.label), classes)] : [],
    rho: doubles(s.rho),
    probA: isClassifier ? doubles(s.probA) : [],
    probB: isClassifier ? doubles(s.probB) : [],
    perClass: isClassifier ? [...copyInts(BigInt(s.nSV), classes)] : [s.l],
    coefficients,
    vectors,
    features,
  };
}

export function checkNoneMissing(what: string, { values, features }: TreeTable): void {
  const at = values.findIndex(Number.isNaN);
  if (at >= 0)
    throw new TreesDataError(
      `svm: ${what} has a missing value in row ${Math.floor(at / features)}, column ${at % features}: fill it first`,
    );
}

const keepAlive = (...owned: readonly { byteLength: number }[]): number =>
  owned.reduce((sum, each) => sum + each.byteLength, 0);
