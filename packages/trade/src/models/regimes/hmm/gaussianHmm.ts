import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { z } from "zod";
import { DataError } from "../../../core/errors.ts";
import {
  type ForwardPass,
  filteredShares,
  forwardPass,
  type LogChain,
  type Posterior,
  posterior,
} from "./hmmPasses.ts";
import { type ViterbiPath, viterbi } from "./viterbi.ts";

const shares = z.array(z.number().min(0).max(1));
const finite = z.number();

/** A hidden Markov model with Gaussian rows, as plain JSON. K states, D columns. */
export const GaussianHmm = z
  .strictObject({
    kind: z.literal("gaussianHmm"),
    /** [D] */
    names: z.array(z.string().min(1)).min(1),
    covariance: z.enum(["diagonal", "full"]),
    /** [K] P(state 0 = k) */
    initial: shares.min(1),
    /** [K][K] P(state t+1 = column | state t = row) */
    transition: z.array(shares),
    /** [K][D] */
    means: z.array(z.array(finite)),
    /** [K][D][D] symmetric, positive definite; zero off the diagonal where they are `diagonal` */
    covariances: z.array(z.array(z.array(finite))),
  })
  .superRefine((model, context) => {
    const fault = shapeFault(model);
    if (fault) context.addIssue({ code: "custom", message: fault });
  });
export type GaussianHmm = z.output<typeof GaussianHmm>;

interface Shape {
  readonly names: readonly string[];
  readonly initial: readonly number[];
  readonly transition: readonly (readonly number[])[];
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

function shapeFault({ names, initial, transition, means, covariances }: Shape): string | null {
  const [K, D] = [initial.length, names.length];
  const sumsToOne = (row: readonly number[]): boolean => Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 1e-6;
  if (transition.length !== K || transition.some((row) => row.length !== K))
    return `transition is not ${K} x ${K}`;
  if (![initial, ...transition].every(sumsToOne)) return "initial or transition does not add up to 1";
  if (means.length !== K || means.some((row) => row.length !== D)) return `means are not ${K} x ${D}`;
  if (
    covariances.length !== K ||
    covariances.some((m) => m.length !== D || m.some((row) => row.length !== D))
  )
    return `covariances are not ${K} x ${D} x ${D}`;
  const k = covariances.findIndex((m) => !isCovariance(m));
  return k < 0 ? null : `the covariance of state ${k} is not symmetric and positive definite`;
}

function isCovariance(m: readonly (readonly number[])[]): boolean {
  if (m.some((row, a) => row.some((v, b) => v !== m[b]![a]))) return false;
  return new CholeskyDecomposition(new Matrix(m.map((row) => [...row]))).isPositiveDefinite();
}

/** Rows [T, D] in time's order, one step of the chain each. */
export interface HmmRows {
  readonly names: readonly string[];
  readonly rows: number;
  readonly values: Float64Array;
}

/** @throws DataError unless there are rows, all finite, as many values as rows and names */
export function checkHmmRows({ names, rows, values }: HmmRows): void {
  if (names.length === 0 || rows === 0 || values.length !== rows * names.length)
    throw new DataError(`hmm: ${values.length} values for ${rows} rows of ${names.length} columns`);
  values.forEach((v, i) => {
    if (!Number.isFinite(v))
      throw new DataError(
        `hmm: row ${Math.floor(i / names.length)}, column '${names[i % names.length]}' is ${v}: leave such rows out`,
      );
  });
}

/** Opens a saved model. @throws DataError that names what is wrong with it */
export function openHmm(text: string): GaussianHmm {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DataError("hmm: the saved model is no JSON: fit and save it again", { cause });
  }
  const parsed = GaussianHmm.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new DataError(
    `hmm: the saved model does not fit at '${issue?.path.join(".") ?? ""}': ${issue?.message ?? "unknown"}`,
  );
}

export function saveHmm(model: GaussianHmm): string {
  return JSON.stringify(model);
}

export function logChainOf({ initial, transition }: GaussianHmm): LogChain {
  return {
    states: initial.length,
    initial: Float64Array.from(initial, Math.log),
    transition: Float64Array.from(transition.flat(), Math.log),
  };
}

/**
 * [T, K] ln N(x[t]; mean k, covariance k) = -(D ln 2π + ln |C| + (x - m)' C^-1 (x - m)) / 2, by C = L L'.
 * @throws DataError when columns are others than the model's, not finite, or beyond 1e150 deviations from a state
 */
export function logDensities(model: GaussianHmm, data: HmmRows): Float64Array {
  checkHmmRows(data);
  if (data.names.join("\n") !== model.names.join("\n"))
    throw new DataError(
      `hmm: columns ${data.names.join(", ")} where the model reads ${model.names.join(", ")}`,
    );
  const [K, D] = [model.initial.length, model.names.length];
  const out = new Float64Array(data.rows * K);
  const z = new Float64Array(D);
  model.covariances.forEach((covariance, k) => {
    const lower = new CholeskyDecomposition(new Matrix(covariance)).lowerTriangularMatrix.to2DArray();
    const constant = -0.5 * D * Math.log(2 * Math.PI) - lower.reduce((s, row, d) => s + Math.log(row[d]!), 0);
    const mean = model.means[k]!;
    for (let t = 0; t < data.rows; t++) {
      let squares = 0;
      for (let d = 0; d < D; d++) {
        let v = data.values[t * D + d]! - mean[d]!;
        for (let e = 0; e < d; e++) v -= lower[d]![e]! * z[e]!;
        z[d] = v / lower[d]![d]!;
        squares += z[d]! ** 2;
      }
      if (squares === Number.POSITIVE_INFINITY)
        throw new DataError(
          `hmm: row ${t} lies so far from state ${k} that no double tells its density: scale or mend it`,
        );
      out[t * K + k] = constant - squares / 2;
    }
  });
  return out;
}

/** Filtered probabilities [T, K]: P(state | rows up to it), with the log score of each row. Causal: row t reads rows [0, t]. */
export function filterHmm(
  model: GaussianHmm,
  data: HmmRows,
): ForwardPass & { readonly shares: Float64Array } {
  const pass = forwardPass(logChainOf(model), logDensities(model, data));
  return { ...pass, shares: filteredShares(pass, model.initial.length) };
}

/** Smoothed probabilities [T, K]: P(state | all rows). They look ahead: for describing the past, never for deciding. */
export function smoothHmm(model: GaussianHmm, data: HmmRows): Posterior {
  return posterior(logChainOf(model), logDensities(model, data));
}

/** The most probable path. It looks ahead, as smoothing does. */
export function decodeHmm(model: GaussianHmm, data: HmmRows): ViterbiPath {
  return viterbi(logChainOf(model), logDensities(model, data));
}
