import type { Random } from "../../../core/random.ts";
import { type StepRules, stateMoments } from "./baumWelchStep.ts";
import type { GaussianHmm, HmmRows } from "./gaussianHmm.ts";

/** States stay where they are nine times in ten at the start: market states last. */
const STAY = 0.9;

/**
 * A model to begin a fit from: rows shared out among K states, whose moments are taken. By number of the restart:
 *   0       by the size of the rows in units of the columns' deviations, K groups of equal rows: calm to turbulent
 *   odd     by the nearest of K rows drawn apart from each other (k-means++, Arthur and Vassilvitskii 2007)
 *   even    by stretches of time, each given to a state at random
 */
export function startHmm(
  data: HmmRows,
  states: number,
  covariance: GaussianHmm["covariance"],
  rules: StepRules,
  restart: number,
  random: Random,
): GaussianHmm {
  const scaled = scaledRows(data, rules.deviations);
  const assigned =
    restart === 0
      ? bySize(scaled, data.names.length, states)
      : restart % 2 === 1
        ? byNearest(scaled, data.names.length, states, random)
        : byStretches(data.rows, states, random);
  const shares = new Float64Array(data.rows * states);
  assigned.forEach((k, t) => {
    shares[t * states + k] = 1;
  });
  const whole = stateMoments(data, new Float64Array(data.rows).fill(1), 1, covariance, rules)[0]!;
  const moments = stateMoments(data, shares, states, covariance, rules).map((m) => m ?? whole);
  const leave = (1 - STAY) / Math.max(1, states - 1);
  return {
    kind: "gaussianHmm",
    names: [...data.names],
    covariance,
    initial: new Array<number>(states).fill(1 / states),
    transition: Array.from({ length: states }, (_, i) =>
      Array.from({ length: states }, (_, j) => (states === 1 ? 1 : i === j ? STAY : leave)),
    ),
    means: moments.map((m) => m.mean),
    covariances: moments.map((m) => m.covariance),
  };
}

/** [T, D] rows less their columns' means, over their deviations. */
function scaledRows({ names, rows, values }: HmmRows, deviations: Float64Array): Float64Array {
  const D = names.length;
  const out = new Float64Array(values.length);
  for (let d = 0; d < D; d++) {
    let mean = 0;
    for (let t = 0; t < rows; t++) mean += values[t * D + d]! / rows;
    for (let t = 0; t < rows; t++) out[t * D + d] = (values[t * D + d]! - mean) / deviations[d]!;
  }
  return out;
}

function bySize(scaled: Float64Array, D: number, states: number): Int32Array {
  const rows = scaled.length / D;
  const size = Float64Array.from({ length: rows }, (_, t) => distance(scaled, t, new Float64Array(D), D));
  const order = Int32Array.from(size, (_, t) => t).sort((a, b) => size[a]! - size[b]! || a - b);
  const out = new Int32Array(rows);
  order.forEach((t, place) => {
    out[t] = Math.min(states - 1, Math.floor((place * states) / rows));
  });
  return out;
}

function byNearest(scaled: Float64Array, D: number, states: number, random: Random): Int32Array {
  const rows = scaled.length / D;
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const out = new Int32Array(rows);
  let centre = random.below(rows);
  for (let k = 0; k < states; k++) {
    const at = scaled.subarray(centre * D, (centre + 1) * D);
    let sum = 0;
    for (let t = 0; t < rows; t++) {
      const away = distance(scaled, t, at, D);
      if (away < nearest[t]!) {
        nearest[t] = away;
        out[t] = k;
      }
      sum += nearest[t]!;
    }
    let left = random.next() * sum;
    centre = 0;
    while (centre < rows - 1 && left >= nearest[centre]!) left -= nearest[centre++]!;
  }
  return out;
}

function byStretches(rows: number, states: number, random: Random): Int32Array {
  const stretch = Math.max(1, Math.round(rows / (10 * states)));
  const out = new Int32Array(rows);
  let state = 0;
  for (let t = 0; t < rows; t++) {
    if (t % stretch === 0) state = random.below(states);
    out[t] = state;
  }
  return out;
}

function distance(scaled: Float64Array, row: number, to: Float64Array, D: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) sum += (scaled[row * D + d]! - to[d]!) ** 2;
  return sum;
}
