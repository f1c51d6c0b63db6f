import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { innovations } from "../distributions/innovations.ts";
import { differentiateGradient } from "../optimise/differentiateGradient.ts";
import { minimise } from "../optimise/minimise.ts";
import { type GarchCoordinates, garchCoordinates } from "./garchCoordinates.ts";
import type { GarchLikelihood } from "./garchLikelihood.ts";
import type { GarchSpec } from "./garchSpec.ts";
import { outerProducts } from "./outerProducts.ts";
import { settleOnEdge } from "./settleOnEdge.ts";

/** Where the likelihood of a standardised series was found highest. */
export interface GarchMaximum {
  readonly u: Float64Array;
  readonly logLikelihood: number;
  /** of the free coordinates: at a bound there is no slope of 0 to be had */
  readonly free: readonly number[];
  /** inverse of the negative Hessian of the free coordinates; null where it is not positive definite */
  readonly covariance: Matrix | null;
  /** g' (-H)^-1 g: twice what a Newton step would still add to the log likelihood */
  readonly decrement: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly reason: string | null;
}

/** Twice the log likelihood that may be missing: parameters within 1e-5 standard errors of the maximum. */
const DECREMENT = 1e-10;
/** What steps go on to while they are cheap: 3e-8 standard errors, the same digits from whatever start. */
const SETTLED = 1e-15;
/** A weight below this has run into its bound of 0; a sum above one less this into that of 1. */
const NEAR_BOUND = 1e-6;

/**
 * Maximum likelihood from the likeliest of several starts; from each of the others too where that one does not converge.
 * BFGS in free coordinates, from the outer products of the scores at the start, then Newton in the bounded ones: the Hessian is that of the errors, from differences of the
 * exact gradient, and what counts as converged is told by it in units of the likelihood.
 */
export function maximiseGarch(likelihood: GarchLikelihood, spec: GarchSpec, mean: number): GarchMaximum {
  const starts = startsOf(spec, mean)
    .map((u) => ({ u, value: likelihood.evaluate(garchCoordinates(spec).toTheta(u)) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => b.value - a.value);
  let best: GarchMaximum | null = null;
  for (const { u } of starts) {
    const found = climb(likelihood, spec, u);
    if (found.converged) return found;
    // a second start that runs into the same bound to the same height: no third will do otherwise
    const again = best?.reason === found.reason && Math.abs(best!.logLikelihood - found.logLikelihood) < 1e-2;
    if (again && /bound/.test(found.reason ?? ""))
      return found.logLikelihood > best!.logLikelihood ? found : best!;
    if (!best || found.logLikelihood > best.logLikelihood) best = found;
  }
  if (best) return best;
  const u = startsOf(spec, mean)[0]!;
  const reason = "no start has a finite likelihood";
  return {
    u,
    logLikelihood: Number.NaN,
    free: [],
    covariance: null,
    decrement: Number.NaN,
    iterations: 0,
    converged: false,
    reason,
  };
}

/** Series of variance 1: shocks that fade at once, slowly, hardly, and of little weight. */
const SHAPES = [
  { shock: 0.05, kept: 0.9 },
  { shock: 0.1, kept: 0.8 },
  { shock: 0.03, kept: 0.96 },
  { shock: 0.2, kept: 0.5 },
  { shock: 0.1, kept: 0.05 },
];

function startsOf(spec: GarchSpec, mean: number): Float64Array[] {
  const { kind, p, q, dist } = spec;
  const { layout } = garchCoordinates(spec);
  const { count, hasMean, omega, alpha, gamma, beta, shape } = layout;
  return SHAPES.map(({ shock, kept }) => {
    const u = new Float64Array(count);
    if (hasMean) u[0] = mean;
    const remains = q === 0 ? 0 : kept;
    // of egarch alpha acts on |z|, and ln h has mean near 0
    u[omega] = kind === "egarch" ? 0 : 1 - shock - remains;
    for (let i = 0; i < p; i++) {
      u[alpha + i] = (kind === "egarch" ? 2 * shock : kind === "gjr" ? shock / 3 : shock) / p;
      if (gamma >= 0) u[gamma + i] = kind === "gjr" ? (2 * shock) / 3 / p : 0;
    }
    for (let j = 0; j < q; j++) u[beta + j] = remains / q;
    innovations[dist].shapes.forEach(({ start }, i) => {
      u[shape + i] = start;
    });
    return u;
  });
}

function climb(likelihood: GarchLikelihood, spec: GarchSpec, start: Float64Array): GarchMaximum {
  const coordinates = garchCoordinates(spec);
  const { layout, weights } = coordinates;
  const { count, omega, shape } = layout;
  const n = likelihood.length;
  const byTheta = new Float64Array(count);
  const search = minimise(
    (x, gradient) => {
      const u = coordinates.toU(x);
      const value = likelihood.evaluate(coordinates.toTheta(u), byTheta);
      const byX = coordinates.gradientX(coordinates.gradientU(byTheta), u);
      for (let k = 0; k < count; k++) gradient[k] = -byX[k]! / n;
      return -value / n;
    },
    coordinates.toX(start),
    { inverse: firstInverse(likelihood, coordinates, start) },
  );

  const u = coordinates.toU(search.x);
  const gradientAt = (point: Float64Array, gradient: Float64Array): number => {
    const value = likelihood.evaluate(coordinates.toTheta(point), byTheta);
    gradient.set(coordinates.gradientU(byTheta));
    return value;
  };
  const gradient = new Float64Array(count);
  for (const k of weights) if (u[k]! < NEAR_BOUND) u[k] = 0;
  let value = gradientAt(u, gradient);
  const { shapes } = innovations[spec.dist];
  const isHeld = (k: number): boolean => {
    if (weights.includes(k)) return u[k] === 0 && gradient[k]! <= 0;
    if (k < shape) return false;
    const { low, high } = shapes[k - shape]!;
    const share = (u[k]! - low) / (high - low);
    return (share > 0.995 && gradient[k]! >= 0) || (share < 1e-6 && gradient[k]! <= 0);
  };
  const free = Array.from({ length: count }, (_, k) => k).filter((k) => !isHeld(k));
  const scale = Array.from(u, (value, k) => {
    if (k < omega) return 1;
    if (k === omega && spec.kind !== "egarch") return value;
    if (k >= shape) return Math.min(value - shapes[k - shape]!.low, shapes[k - shape]!.high - value, 10);
    return Math.max(Math.abs(value), 0.01);
  });

  const covarianceAt = (point: Float64Array): Matrix | null =>
    inverseOfNegative(differentiateGradient(gradientAt, point, scale), free);
  const hasEdges = spec.kind === "egarch" && omega > 0 && free.includes(0);
  const edge =
    hasEdges && !search.converged
      ? settleOnEdge(
          { gradientAt, covarianceAt, residuals: likelihood.residuals, free, tolerance: DECREMENT },
          u,
        )
      : null;
  if (edge) u.set(edge.u);
  let covariance = edge?.covariance ?? null;
  let decrement = edge?.decrement ?? Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8 && !edge; round++) {
    covariance = covarianceAt(u);
    if (!covariance) break;
    // with one Hessian more than one step: the errors need it within their own digits only
    let improved = false;
    for (let step = 0; step < 3; step++) {
      value = gradientAt(u, gradient);
      const g = Matrix.columnVector(free.map((k) => gradient[k]!));
      const move = covariance.mmul(g);
      decrement = g.transpose().mmul(move).get(0, 0);
      if (decrement <= SETTLED) break;
      const next = newtonStep(
        u,
        free,
        move,
        (point) => isInside(point, weights, omega, spec),
        gradientAt,
        value,
      );
      if (!next) break;
      u.set(next);
      improved = true;
    }
    if (decrement <= DECREMENT || !improved) break;
  }
  value = gradientAt(u, gradient);
  const reason = faultOf({ spec, u, weights, layout, covariance, decrement, search: search.reason });
  return {
    u,
    logLikelihood: value,
    free,
    covariance,
    decrement,
    iterations: search.iterations,
    converged: reason === null,
    reason,
  };
}

/**
 * Inverse of the mean outer product of the scores by x: variables of very different size, and nearly dependent ones, are so from
 * the first step in the measure of the likelihood. undefined where it has none.
 */
function firstInverse(
  likelihood: GarchLikelihood,
  { layout, toTheta, gradientU, gradientX }: GarchCoordinates,
  u: Float64Array,
): number[][] | undefined {
  const { count } = layout;
  const all = Array.from({ length: count }, (_, k) => k);
  const scores = new Float64Array(likelihood.length * count);
  likelihood.evaluate(toTheta(u), undefined, scores);
  const rows = all.map((i) => {
    const unit = Float64Array.from(all, (k) => (k === i ? 1 : 0));
    return Array.from(gradientX(gradientU(unit), u));
  });
  const negative = outerProducts(scores, rows).mul(-1 / likelihood.length);
  return inverseOfNegative(negative.to2DArray(), all)?.to2DArray();
}

function inverseOfNegative(hessian: number[][], free: readonly number[]): Matrix | null {
  if (free.length === 0) return null;
  const negative = new Matrix(free.map((i) => free.map((j) => -hessian[i]![j]!)));
  if (negative.to1DArray().some((v) => !Number.isFinite(v))) return null;
  // variables of very different size: made comparable first, so that what is not positive definite is seen
  const size = free.map((_, i) => Math.sqrt(negative.get(i, i)));
  if (size.some((s) => !(s > 0))) return null;
  const scaled = new Matrix(
    free.map((_, i) => free.map((_, j) => negative.get(i, j) / (size[i]! * size[j]!))),
  );
  const cholesky = new CholeskyDecomposition(scaled);
  if (!cholesky.isPositiveDefinite()) return null;
  const lower = cholesky.lowerTriangularMatrix;
  if (free.some((_, i) => lower.get(i, i) < 1e-6)) return null;
  const inverse = cholesky.solve(Matrix.eye(free.length));
  return new Matrix(free.map((_, i) => free.map((_, j) => inverse.get(i, j) / (size[i]! * size[j]!))));
}

function isInside(u: Float64Array, weights: readonly number[], omega: number, spec: GarchSpec): boolean {
  if (spec.kind === "egarch") return true;
  if (!(u[omega]! > 0)) return false;
  let sum = 0;
  for (const k of weights) {
    if (u[k]! < 0) return false;
    sum += u[k]!;
  }
  return sum < 1;
}

function newtonStep(
  u: Float64Array,
  free: readonly number[],
  move: Matrix,
  inside: (u: Float64Array) => boolean,
  valueAt: (u: Float64Array, gradient: Float64Array) => number,
  value: number,
): Float64Array | null {
  const unused = new Float64Array(u.length);
  for (let share = 1; share > 1e-3; share /= 2) {
    const next = Float64Array.from(u);
    free.forEach((k, i) => {
      next[k]! += share * move.get(i, 0);
    });
    if (!inside(next)) continue;
    // rounding alone may lower a likelihood that a full step hardly changes
    if (valueAt(next, unused) >= value - 1e-9 * Math.abs(value)) return next;
  }
  return null;
}

interface Found {
  readonly spec: GarchSpec;
  readonly u: Float64Array;
  readonly weights: readonly number[];
  readonly layout: { readonly alpha: number; readonly beta: number; readonly shape: number };
  readonly covariance: Matrix | null;
  readonly decrement: number;
  readonly search: string;
}

function faultOf({ spec, u, weights, layout, covariance, decrement, search }: Found): string | null {
  const { alpha, beta } = layout;
  if (spec.kind === "egarch") {
    if (!isStationary(Array.from(u.subarray(beta, beta + spec.q)))) {
      return "the logarithm of the variance is not stationary: beta has a root inside the unit circle";
    }
  } else {
    const persistence = weights.reduce((sum, k) => sum + u[k]!, 0);
    if (persistence > 1 - NEAR_BOUND) {
      return "persistence runs into its bound of 1: the variance is integrated, an EWMA describes it";
    }
    const shocks = weights.filter((k) => k < beta).every((k) => u[k] === 0 && k >= alpha);
    if (shocks)
      return "alpha runs into its bound of 0: the variance does not answer to shocks, beta is not defined";
  }
  if (!covariance) return `the likelihood has no peak where the search ended (${search})`;
  if (!(decrement <= DECREMENT)) {
    return `the gradient is not zero where the search ended: ${(decrement / 2).toExponential(1)} of log likelihood is missing (${search})`;
  }
  return null;
}

/**
 * Whether all roots of 1 - b1 L - ... - bq L^q lie outside the unit circle: every partial autocorrelation that the
 * Durbin-Levinson recursion, run backwards, takes out of b is inside (-1, 1). Barndorff-Nielsen and Schou (1973).
 */
export function isStationary(coefficients: readonly number[]): boolean {
  let b = [...coefficients];
  while (b.length > 0) {
    const last = b.at(-1)!;
    if (!(Math.abs(last) < 1)) return false;
    const n = b.length - 1;
    b = b.slice(0, n).map((value, i) => (value + last * b[n - 1 - i]!) / (1 - last * last));
  }
  return true;
}
