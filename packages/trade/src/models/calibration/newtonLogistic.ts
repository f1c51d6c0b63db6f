/** Ridge on the parameters: none that a digit shows, but separable rows keep a finite answer. */
const RIDGE = 1e-8;
const ITERATIONS = 200;
const GRADIENT = 1e-10;

export interface LogisticFit {
  readonly theta: Float64Array;
  readonly converged: boolean;
}

/**
 * min over θ of -(1/Σw) Σ w_i [ t_i ln p_i + (1 - t_i) ln(1 - p_i) ], p_i = 1 / (1 + exp(-x_i·θ)), targets t in [0, 1], by
 * Newton's method with halving of the step until Armijo's rule holds; the loss as ln(1 + exp(-|s|)) + …, which neither
 * overflows nor cancels. Source: Lin, Lin and Weng 2007, A note on Platt's probabilistic outputs, section 3.
 * @param columns the inputs, each [N]
 */
export function newtonLogistic(
  columns: readonly Float64Array[],
  targets: Float64Array,
  weights: Float64Array | undefined,
  start: Float64Array,
): LogisticFit {
  const d = columns.length;
  const total = weights ? weights.reduce((a, b) => a + b, 0) : targets.length;
  const scoreOf = (theta: Float64Array, i: number): number => {
    let s = 0;
    for (let c = 0; c < d; c++) s += theta[c]! * columns[c]![i]!;
    return s;
  };
  const lossOf = (theta: Float64Array): number => {
    let loss = 0;
    for (let i = 0; i < targets.length; i++) {
      const s = scoreOf(theta, i);
      const w = (weights?.[i] ?? 1) / total;
      loss += w * (Math.log1p(Math.exp(-Math.abs(s))) + Math.max(s, 0) - targets[i]! * s);
    }
    return loss + (RIDGE / 2) * theta.reduce((sum, v) => sum + v * v, 0);
  };
  let theta: Float64Array = start.slice();
  let loss = lossOf(theta);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const gradient = new Float64Array(d);
    const hessian = new Float64Array(d * d);
    for (let i = 0; i < targets.length; i++) {
      const s = scoreOf(theta, i);
      const e = Math.exp(-Math.abs(s));
      const p = s >= 0 ? 1 / (1 + e) : e / (1 + e);
      const w = (weights?.[i] ?? 1) / total;
      const curvature = (w * e) / (1 + e) ** 2;
      for (let a = 0; a < d; a++) {
        const xa = columns[a]![i]!;
        gradient[a]! += w * (p - targets[i]!) * xa;
        for (let b = 0; b <= a; b++) hessian[a * d + b]! += curvature * xa * columns[b]![i]!;
      }
    }
    for (let a = 0; a < d; a++) {
      gradient[a]! += RIDGE * theta[a]!;
      hessian[a * d + a]! += RIDGE;
    }
    if (gradient.every((g) => Math.abs(g) < GRADIENT)) return { theta, converged: true };
    const direction = solvePositive(hessian, gradient, d).map((v) => -v);
    const slope = direction.reduce((sum, v, a) => sum + v * gradient[a]!, 0);
    let found = false;
    for (let step = 1; step > 1e-12; step /= 2) {
      const next = theta.map((v, a) => v + step * direction[a]!);
      const nextLoss = lossOf(next);
      if (nextLoss > loss + 1e-4 * step * slope) continue;
      found = nextLoss < loss;
      if (found) [theta, loss] = [next, nextLoss];
      break;
    }
    // no step makes the loss smaller: what is left is rounding
    if (!found) return { theta, converged: gradient.every((g) => Math.abs(g) < 1e-6) };
  }
  return { theta, converged: false };
}

/** x of A x = b by Cholesky; A is positive definite by its ridge, lower triangle given. */
function solvePositive(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * d + k]! * l[j * d + k]!;
      l[i * d + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / l[j * d + j]!;
    }
  }
  const x = b.slice();
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * d + k]! * x[k]!;
    x[i]! /= l[i * d + i]!;
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) x[i]! -= l[k * d + i]! * x[k]!;
    x[i]! /= l[i * d + i]!;
  }
  return x;
}
