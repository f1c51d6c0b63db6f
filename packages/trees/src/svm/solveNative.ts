import { TreesDataError } from "../errors.ts";
import type { LibsvmLibrary, SvmModelStruct, SvmParameter, SvmProblem } from "../native/libsvmLibrary.ts";
import { addressOf, copyDoubles, copyInts, copyPointers } from "../native/nativeMemory.ts";
import type { SolvedSvm, SvmProblemToSolve, SvmSolver } from "./solvedSvm.ts";
import { nodeStride, svmNodes } from "./svmNodes.ts";

const C_SVC = 0;
const EPSILON_SVR = 3;
const RBF = 2;

/** The system's libsvm, through its C interface. The seed is the C library's. */
export const nativeSolver = (library: LibsvmLibrary): SvmSolver => ({
  name: `libsvm ${library.versionText}`,
  solve: (problem, onLine) => solve(library, problem, onLine),
});

function solve(
  library: LibsvmLibrary,
  { values, features, y, isClassifier, classWeights, options, gamma }: SvmProblemToSolve,
  onLine: (text: string) => void,
): SolvedSvm {
  const rows = y.length;
  const nodes = svmNodes(values, rows, features);
  const first = addressOf(nodes);
  const stride = BigInt(nodeStride(features));
  const x = BigUint64Array.from({ length: rows }, (_, i) => first + BigInt(i) * stride);
  const labels = Int32Array.from({ length: Math.max(classWeights.length, 64) }, (_, k) => k);
  const weights = new Float64Array(Math.max(classWeights.length, 64));
  weights.set(classWeights);
  const isWeighted = classWeights.length > 0;
  const parameter: SvmParameter = {
    svm_type: isClassifier ? C_SVC : EPSILON_SVR,
    kernel_type: RBF,
    degree: 3,
    gamma,
    coef0: 0,
    cache_size: options.cacheMb,
    eps: options.tolerance,
    C: options.cost,
    nr_weight: classWeights.length,
    weight_label: isWeighted ? addressOf(labels) : 0n,
    weight: isWeighted ? addressOf(weights) : 0n,
    nu: 0.5,
    p: options.tube,
    shrinking: options.shrinking ? 1 : 0,
    probability: isClassifier ? 1 : 0,
  };
  const problem: SvmProblem = { l: rows, y: addressOf(y), x: addressOf(x) };
  const fault = library.checkParameter(problem, parameter);
  if (fault) throw new TreesDataError(`libsvm: ${fault}`);
  library.setPrint(onLine);
  library.seedRandom(options.seed);
  const pointer = library.train(problem, parameter);
  try {
    return copySolved(library.readModel(pointer), isClassifier);
  } finally {
    library.freeModel(pointer);
    // the library read these by their addresses until here
    keepAlive(nodes, x, y, labels, weights);
  }
}

function copySolved(s: SvmModelStruct, isClassifier: boolean): SolvedSvm {
  const classes = isClassifier ? s.nr_class : 0;
  const pairs = isClassifier ? (classes * (classes - 1)) / 2 : 1;
  const doubles = (pointer: bigint | number): number[] => [...copyDoubles(BigInt(pointer), pairs)];
  return {
    coefficients: [...copyPointers(BigInt(s.sv_coef), Math.max(1, classes - 1))].map((each) =>
      copyDoubles(each, s.l),
    ),
    indices: copyInts(BigInt(s.sv_indices), s.l),
    rho: doubles(s.rho),
    probA: isClassifier ? doubles(s.probA) : [],
    probB: isClassifier ? doubles(s.probB) : [],
    labels: isClassifier ? [...copyInts(BigInt(s.label), classes)] : [],
    perClass: isClassifier ? [...copyInts(BigInt(s.nSV), classes)] : [s.l],
  };
}

const keepAlive = (...owned: readonly { byteLength: number }[]): number =>
  owned.reduce((sum, each) => sum + each.byteLength, 0);
