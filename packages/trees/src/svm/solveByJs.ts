import { TreesUsageError } from "../errors.ts";
import { COMMAND_BYTES, MEMORY_BYTES, openLibsvmJs } from "../native/libsvmJs.ts";
import { nativeLibrary } from "../native/nativeLibraries.ts";
import type { SolvedSvm, SvmProblemToSolve, SvmSolver } from "./solvedSvm.ts";
import { svmNodes } from "./svmNodes.ts";

/**
 * libsvm-js: libsvm 3.22 in WebAssembly, for machines without the library. It cannot be given a seed, and deals the rows
 * into its five folds alike each time; so the rows of each class are shuffled by the seed before. Between two solutions of
 * the same problem lies the solver's tolerance, as between two orders of rows in the native library.
 */
export const jsSolver = (versionText: string): SvmSolver => ({
  name: `libsvm ${versionText}`,
  solve: async (problem, onLine) => {
    const command = commandOf(problem);
    checkMemory(problem);
    const order = problem.isClassifier
      ? shuffledWithinClasses(problem.y, problem.options.seed)
      : Int32Array.from(problem.y, (_, i) => i);
    const { values, features, y } = problem;
    const shuffled = new Float32Array(values.length);
    for (const [place, row] of order.entries())
      shuffled.set(values.subarray(row * features, (row + 1) * features), place * features);
    // the classes lie where they lay: their rows change places only among themselves
    const targets = problem.isClassifier ? y : Float64Array.from(order, (row) => y[row]!);
    const library = await openLibsvmJs(onLine);
    const found = library.train(svmNodes(shuffled, y.length, features), features, targets, command);
    const solved: SolvedSvm = {
      coefficients: found.coefficients,
      indices: found.indices.map((index) => order[index - 1]! + 1),
      rho: [...found.rho],
      probA: problem.isClassifier ? [...found.probA] : [],
      probB: problem.isClassifier ? [...found.probB] : [],
      labels: problem.isClassifier ? [...found.labels] : [],
      perClass: problem.isClassifier ? [...found.perClass] : [found.indices.length],
    };
    return solved;
  },
});

const mend = (): string => `run ${nativeLibrary("libsvm").mend}, which trains it natively`;

/** Options as svm-train has them. @throws TreesUsageError where the class weights do not fit into what the package reads */
export function commandOf({ isClassifier, classWeights, options, gamma }: SvmProblemToSolve): string {
  const words = [
    `-s ${isClassifier ? 0 : 3} -t 2 -g ${gamma} -c ${options.cost} -e ${options.tolerance} -p ${options.tube}`,
    `-m ${options.cacheMb} -h ${options.shrinking ? 1 : 0} -b ${isClassifier ? 1 : 0}`,
    ...classWeights.map((weight, k) => `-w${k} ${weight}`),
  ];
  const command = words.join(" ");
  if (command.length > COMMAND_BYTES)
    throw new TreesUsageError(
      `svm: libsvm-js reads options of ${COMMAND_BYTES} letters, and ${classWeights.length} class weights make them ${command.length}: ${mend()}, or give weights of fewer digits`,
    );
  return command;
}

/** What the rows, the kernel's cache and the solver's own columns take at most. */
function checkMemory({ y, features, options }: SvmProblemToSolve): void {
  const rows = y.length;
  const cache = Math.min(options.cacheMb * 2 ** 20, 4 * rows * rows);
  const needed = 16 * rows * (features + 1) + cache + 200 * rows + 2 ** 24;
  if (needed > MEMORY_BYTES)
    throw new TreesUsageError(
      `svm: libsvm-js has 2 GiB of memory, ${rows} rows of ${features} columns and cacheMb ${options.cacheMb} need ${(needed / 2 ** 30).toFixed(1)}: ${mend()}, or give fewer rows or a lower cacheMb`,
    );
}

/** Places of the rows, each class's own in an order by the seed: Fisher and Yates with Marsaglia's xorshift32 (2003). */
export function shuffledWithinClasses(y: Float64Array, seed: number): Int32Array {
  // the state may not be 0
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x6a09e667 || 1;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
  const order = Int32Array.from(y, (_, i) => i);
  let start = 0;
  for (let end = 1; end <= y.length; end++) {
    if (end < y.length && y[end] === y[start]) continue;
    for (let last = end - 1; last > start; last--) {
      const other = start + next(last - start + 1);
      const kept = order[last]!;
      order[last] = order[other]!;
      order[other] = kept;
    }
    start = end;
  }
  return order;
}
