import { setImmediate } from "node:timers/promises";

/** A function to be made small: its value at x, its gradient written into `into`. */
export type Objective = (x: Float64Array, into: Float64Array) => number;

export interface LbfgsOptions {
  /** [n] weight of |x_i|, 0 or more; without it the function is smooth */
  readonly l1?: Float64Array;
  /** pairs of steps and gradient changes that are remembered */
  readonly memory?: number;
  readonly iterations?: number;
  /** ends when no component of the (pseudo-)gradient is larger */
  readonly tolerance?: number;
  readonly signal?: AbortSignal | undefined;
  onIteration?(iteration: number, value: number): void;
}

export interface LbfgsResult {
  readonly x: Float64Array;
  /** of the function with its L1 term */
  readonly value: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** c1 of Armijo's rule. */
const DECREASE = 1e-4;
/** Halvings of a step, beyond which nothing is left of it. */
const HALVINGS = 50;

/**
 * Limited-memory BFGS (Nocedal 1980) from `start`, the direction by the two-loop recursion, the step by halving until
 * Armijo's rule holds; a pair whose curvature sᵀy is not positive is left out, so that the inverse Hessian stays positive.
 *
 * With `l1` it is OWL-QN (Andrew and Gao 2007), which minimises f(x) + Σ l1_i |x_i|: the direction is taken from the
 * pseudo-gradient, kept where it agrees with it in sign, and a step ends at the border of its orthant: exact zeros.
 * @throws the signal's reason when it is stopped
 */
export async function lbfgs(
  objective: Objective,
  start: Float64Array,
  { l1, memory = 10, iterations = 1000, tolerance = 1e-8, signal, onIteration }: LbfgsOptions = {},
): Promise<LbfgsResult> {
  const n = start.length;
  const penalty = (v: Float64Array): number =>
    l1 ? v.reduce((sum, xi, i) => sum + l1[i]! * Math.abs(xi), 0) : 0;
  let x: Float64Array = start.slice();
  let gradient: Float64Array = new Float64Array(n);
  let value = objective(x, gradient) + penalty(x);
  const pairs: { s: Float64Array; y: Float64Array; sy: number }[] = [];
  let iteration = 0;
  let slope = pseudoGradient(x, gradient, l1);
  let converged = largest(slope) <= tolerance;
  while (!converged && iteration < iterations && Number.isFinite(value)) {
    signal?.throwIfAborted();
    let direction = descend(slope, pairs);
    if (l1) for (let i = 0; i < n; i++) if (direction[i]! * slope[i]! >= 0) direction[i] = 0;
    let along = dot(direction, slope);
    if (!(along < 0)) {
      pairs.length = 0;
      direction = slope.map((v) => -v);
      along = dot(direction, slope);
    }
    // before anything of the curvature is known, a first step of length 1 or shorter
    let step = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-along)) : 1;
    const nextGradient = new Float64Array(n);
    let next = x;
    let nextValue = value;
    let found = false;
    for (let h = 0; h < HALVINGS && !found; h++, step /= 2) {
      next = moved(x, direction, step, l1 ? slope : undefined);
      nextValue = objective(next, nextGradient) + penalty(next);
      let expected = 0;
      for (let i = 0; i < n; i++) expected += slope[i]! * (next[i]! - x[i]!);
      found = nextValue <= value + DECREASE * expected && nextValue < value;
      // next to the minimum the value no longer tells steps apart, the gradient still does (Hager and Zhang 2005)
      found ||=
        Math.abs(nextValue - value) <= 1e-14 * Math.abs(value) &&
        largest(pseudoGradient(next, nextGradient, l1)) < largest(slope);
    }
    if (!found) {
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    const s = next.map((v, i) => v - x[i]!);
    const y = nextGradient.map((v, i) => v - gradient[i]!);
    const sy = dot(s, y);
    if (sy > 1e-12 * dot(y, y)) {
      pairs.push({ s, y, sy });
      if (pairs.length > memory) pairs.shift();
    }
    x = next;
    gradient = nextGradient;
    value = nextValue;
    iteration++;
    onIteration?.(iteration, value);
    slope = pseudoGradient(x, gradient, l1);
    converged = largest(slope) <= tolerance;
    await setImmediate();
  }
  return { x, value, iterations: iteration, converged };
}

/** The element of f's subdifferential with L1 term that is nearest to 0; the gradient itself where x_i is not 0. */
function pseudoGradient(x: Float64Array, gradient: Float64Array, l1: Float64Array | undefined): Float64Array {
  if (!l1) return gradient.slice();
  return gradient.map((g, i) => {
    const c = l1[i]!;
    if (x[i]! !== 0) return g + Math.sign(x[i]!) * c;
    return g + c < 0 ? g + c : g - c > 0 ? g - c : 0;
  });
}

/** -H slope, H the inverse Hessian that the pairs stand for (Nocedal and Wright 2006, algorithm 7.4). */
function descend(
  slope: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; sy: number }[],
): Float64Array {
  const q = slope.map((v) => -v);
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, sy } = pairs[k]!;
    const alpha = dot(s, q) / sy;
    alphas[k] = alpha;
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.sy / dot(last.y, last.y);
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  pairs.forEach(({ s, y, sy }, k) => {
    const beta = alphas[k]! - dot(y, q) / sy;
    for (let i = 0; i < q.length; i++) q[i]! += beta * s[i]!;
  });
  return q;
}

/** x + step direction; with a pseudo-gradient, components that would leave their orthant become 0. */
function moved(
  x: Float64Array,
  direction: Float64Array,
  step: number,
  slope: Float64Array | undefined,
): Float64Array {
  return x.map((v, i) => {
    const next = v + step * direction[i]!;
    if (!slope) return next;
    const orthant = v !== 0 ? Math.sign(v) : -Math.sign(slope[i]!);
    return next * orthant > 0 ? next : 0;
  });
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};
const largest = (v: Float64Array): number => v.reduce((most, vi) => Math.max(most, Math.abs(vi)), 0);
