import { TreesDataError } from "../errors.ts";
import type { SvmModel } from "./svmModel.ts";
import type { SvmOptions } from "./svmOptions.ts";

/** What is to be solved. Rows of a class lie together, classes rising: libsvm numbers them as they appear. */
export interface SvmProblemToSolve {
  /** [rows, features] */
  values: Float32Array;
  features: number;
  /** [rows] the class or the value */
  y: Float64Array;
  isClassifier: boolean;
  /** one a class, none where each counts alike */
  classWeights: readonly number[];
  options: SvmOptions;
  /** above 0 */
  gamma: number;
}

/** What a solver found; see `SvmModel`. */
export interface SolvedSvm {
  /** [classes - 1] of [vectors]; one for values */
  coefficients: readonly Float64Array[];
  /** which rows are support vectors, from 1 */
  indices: Int32Array;
  rho: readonly number[];
  probA: readonly number[];
  probB: readonly number[];
  labels: readonly number[];
  perClass: readonly number[];
}

export interface SvmSolver {
  /** such as "libsvm 3.24" */
  name: string;
  /** onLine gets what libsvm prints, in pieces that hold whole lines */
  solve(problem: SvmProblemToSolve, onLine: (text: string) => void): SolvedSvm | Promise<SolvedSvm>;
}

/** Support vectors are taken from the rows themselves: libsvm's own file would round them to eight digits. */
export function modelOf(
  { coefficients, indices, ...rest }: SolvedSvm,
  { values, features, isClassifier, gamma }: SvmProblemToSolve,
): SvmModel {
  const count = indices.length;
  if (count === 0)
    throw new TreesDataError(
      "svm: no row became a support vector: the tube is wider than the targets spread",
    );
  const all = new Float64Array(coefficients.length * count);
  for (const [r, each] of coefficients.entries()) all.set(each, r * count);
  const vectors = new Float64Array(count * features);
  for (const [v, index] of indices.entries())
    vectors.set(values.subarray((index - 1) * features, index * features), v * features);
  return {
    type: isClassifier ? "c_svc" : "epsilon_svr",
    gamma,
    ...rest,
    coefficients: all,
    vectors,
    features,
  };
}
