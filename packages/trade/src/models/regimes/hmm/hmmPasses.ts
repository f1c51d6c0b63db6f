import { logSumExp } from "./logSumExp.ts";

/** A Markov chain of K hidden states, in logs: initial [K], transition [K, K] row by row, from row to column. */
export interface LogChain {
  readonly states: number;
  readonly initial: Float64Array;
  readonly transition: Float64Array;
}

export interface ForwardPass {
  /** [T, K] ln P(x[0..t], state t = k) */
  readonly logAlpha: Float64Array;
  /** [T] ln P(x[t] | x[0..t-1]): how well each row was foretold */
  readonly logScores: Float64Array;
  /** ln P(x), the sum of the scores */
  readonly logLikelihood: number;
}

/**
 * The forward pass (Rabiner 1989, eq. 19 and 20), in logs throughout:
 *   ln a[0, j] = ln pi[j] + ln b[0, j],   ln a[t, j] = ln b[t, j] + ln Σ_i exp(ln a[t-1, i] + ln A[i, j])
 * @param logDensities [T, K] ln b[t, k], the density of row t in state k
 */
export function forwardPass(
  { states: K, initial, transition }: LogChain,
  logDensities: Float64Array,
): ForwardPass {
  const rows = logDensities.length / K;
  const logAlpha = new Float64Array(rows * K);
  const logScores = new Float64Array(rows);
  const terms = new Float64Array(K);
  let before = 0;
  for (let t = 0; t < rows; t++) {
    const at = t * K;
    for (let j = 0; j < K; j++) {
      let come = initial[j]!;
      if (t > 0) {
        for (let i = 0; i < K; i++) terms[i] = logAlpha[at - K + i]! + transition[i * K + j]!;
        come = logSumExp(terms);
      }
      logAlpha[at + j] = come + logDensities[at + j]!;
    }
    const sum = logSumExp(logAlpha, at, K);
    logScores[t] = sum - before;
    before = sum;
  }
  return { logAlpha, logScores, logLikelihood: before };
}

/**
 * The backward pass (Rabiner 1989, eq. 24 and 25): [T, K] ln P(x[t+1..] | state t = k),
 *   ln b'[T-1, i] = 0,   ln b'[t, i] = ln Σ_j exp(ln A[i, j] + ln b[t+1, j] + ln b'[t+1, j])
 */
export function backwardPass({ states: K, transition }: LogChain, logDensities: Float64Array): Float64Array {
  const rows = logDensities.length / K;
  const logBeta = new Float64Array(rows * K);
  const terms = new Float64Array(K);
  for (let t = rows - 2; t >= 0; t--) {
    const next = (t + 1) * K;
    for (let i = 0; i < K; i++) {
      for (let j = 0; j < K; j++)
        terms[j] = transition[i * K + j]! + logDensities[next + j]! + logBeta[next + j]!;
      logBeta[t * K + i] = logSumExp(terms);
    }
  }
  return logBeta;
}

/** [T, K] P(state t = k | x[0..t]): of what was known at each row, nothing later. */
export function filteredShares({ logAlpha }: ForwardPass, K: number): Float64Array {
  const out = new Float64Array(logAlpha.length);
  for (let at = 0; at < out.length; at += K) {
    const sum = logSumExp(logAlpha, at, K);
    for (let k = 0; k < K; k++) out[at + k] = Math.exp(logAlpha[at + k]! - sum);
  }
  return out;
}

export interface Posterior {
  readonly logLikelihood: number;
  /** [T, K] P(state t = k | all of x): it looks ahead, and describes the past only */
  readonly shares: Float64Array;
  /** [K, K] Σ_t P(state t = i, state t+1 = j | all of x) */
  readonly transitions: Float64Array;
}

/** Forward and backward together (Rabiner 1989, eq. 27 and 37). */
export function posterior(chain: LogChain, logDensities: Float64Array): Posterior {
  const { states: K, transition } = chain;
  const { logAlpha, logLikelihood } = forwardPass(chain, logDensities);
  const logBeta = backwardPass(chain, logDensities);
  const shares = new Float64Array(logAlpha.length);
  const transitions = new Float64Array(K * K);
  for (let at = 0; at < shares.length; at += K) {
    for (let i = 0; i < K; i++)
      shares[at + i] = Math.exp(logAlpha[at + i]! + logBeta[at + i]! - logLikelihood);
    if (at + K >= shares.length) break;
    for (let j = 0; j < K; j++) {
      const onward = logDensities[at + K + j]! + logBeta[at + K + j]! - logLikelihood;
      for (let i = 0; i < K; i++)
        transitions[i * K + j]! += Math.exp(logAlpha[at + i]! + transition[i * K + j]! + onward);
    }
  }
  return { logLikelihood, shares, transitions };
}
