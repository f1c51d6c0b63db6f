import { floorCovariance } from "./floorCovariance.ts";
import { type GaussianHmm, type HmmRows, logChainOf, logDensities } from "./gaussianHmm.ts";
import { posterior } from "./hmmPasses.ts";

/** What is fixed while a model is fitted. */
export interface StepRules {
  /** [D] deviations of the columns over all rows: the unit of the floor */
  readonly deviations: Float64Array;
  /** least variance of a state, as a share of the column's over all rows */
  readonly varianceFloor: number;
}

/** A state that fewer than so many rows (by probability) speak for keeps its mean and covariance. */
const LEAST_ROWS = 1e-8;

/**
 * One step of Baum-Welch (Baum et al. 1970; Rabiner 1989, eq. 40 and 53, 54). With the smoothed g[t, k] and the expected
 * transitions x[i, j] under the old model:
 *   pi[k] = g[0, k],   A[i, j] = x[i, j] / Σ_j x[i, j],   m[k] = Σ_t g x / Σ_t g,   C[k] = Σ_t g (x - m)(x - m)' / Σ_t g,
 * C above its floor. The likelihood of the new model is not below that of the old one, which is what is returned.
 */
export function baumWelchStep(
  model: GaussianHmm,
  data: HmmRows,
  rules: StepRules,
): { readonly model: GaussianHmm; readonly logLikelihood: number } {
  const K = model.initial.length;
  const { logLikelihood, shares, transitions } = posterior(logChainOf(model), logDensities(model, data));
  const moments = stateMoments(data, shares, K, model.covariance, rules);
  const initial = normalised(shares.subarray(0, K)) ?? model.initial;
  return {
    logLikelihood,
    model: {
      ...model,
      initial,
      transition: model.transition.map(
        (row, i) => normalised(transitions.subarray(i * K, (i + 1) * K)) ?? row,
      ),
      means: model.means.map((mean, k) => moments[k]?.mean ?? mean),
      covariances: model.covariances.map((c, k) => moments[k]?.covariance ?? c),
    },
  };
}

/** Weighted mean and covariance of each state; null for a state without rows. */
export function stateMoments(
  { names, rows, values }: HmmRows,
  shares: Float64Array,
  K: number,
  kind: GaussianHmm["covariance"],
  { deviations, varianceFloor }: StepRules,
): ({ mean: number[]; covariance: number[][] } | null)[] {
  const D = names.length;
  return Array.from({ length: K }, (_, k) => {
    let weight = 0;
    const mean = new Array<number>(D).fill(0);
    for (let t = 0; t < rows; t++) {
      const w = shares[t * K + k]!;
      weight += w;
      for (let d = 0; d < D; d++) mean[d]! += w * values[t * D + d]!;
    }
    if (!(weight > LEAST_ROWS)) return null;
    for (let d = 0; d < D; d++) mean[d]! /= weight;
    const covariance = Array.from({ length: D }, () => new Array<number>(D).fill(0));
    for (let t = 0; t < rows; t++) {
      const w = shares[t * K + k]! / weight;
      for (let a = 0; a < D; a++) {
        const x = w * (values[t * D + a]! - mean[a]!);
        for (let b = kind === "full" ? 0 : a; b <= a; b++)
          covariance[a]![b]! += x * (values[t * D + b]! - mean[b]!);
      }
    }
    for (let a = 0; a < D; a++) for (let b = 0; b < a; b++) covariance[b]![a] = covariance[a]![b]!;
    return { mean, covariance: floorCovariance(covariance, deviations, varianceFloor, kind) };
  });
}

function normalised(shares: Float64Array): number[] | null {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum > LEAST_ROWS ? Array.from(shares, (v) => v / sum) : null;
}
