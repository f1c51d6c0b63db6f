import type { LogChain } from "./hmmPasses.ts";

export interface ViterbiPath {
  /** [T] the states of the most probable path, the lower state of equals. It looks ahead */
  readonly path: Int32Array;
  /** ln P(path, x) */
  readonly logProbability: number;
}

/** The most probable path of states given all rows (Viterbi 1967; Rabiner 1989, eq. 30 to 35), in logs. */
export function viterbi(
  { states: K, initial, transition }: LogChain,
  logDensities: Float64Array,
): ViterbiPath {
  const rows = logDensities.length / K;
  const from = new Int32Array(rows * K);
  let before = new Float64Array(K);
  for (let t = 0; t < rows; t++) {
    const now = new Float64Array(K);
    for (let j = 0; j < K; j++) {
      let best = initial[j]!;
      if (t > 0) {
        best = Number.NEGATIVE_INFINITY;
        for (let i = 0; i < K; i++) {
          const come = before[i]! + transition[i * K + j]!;
          if (come > best) {
            best = come;
            from[t * K + j] = i;
          }
        }
      }
      now[j] = best + logDensities[t * K + j]!;
    }
    before = now;
  }
  let state = before.indexOf(Math.max(...before));
  const logProbability = rows > 0 ? before[state]! : 0;
  const path = new Int32Array(rows);
  for (let t = rows - 1; t >= 0; t--) {
    path[t] = state;
    state = from[t * K + state]!;
  }
  return { path, logProbability };
}
