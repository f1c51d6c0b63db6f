import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { DataError } from "../../../core/errors.ts";
import { differentiateGradient } from "../optimise/differentiateGradient.ts";
import { minimise } from "../optimise/minimise.ts";
import { fitGarch, type GarchFit } from "./fitGarch.ts";
import { forecastGarch } from "./forecastGarch.ts";
import type { GarchOptions } from "./garchSpec.ts";

/** More series than this are a matter for shrinkage, not for a likelihood. */
export const MOST_SERIES = 10;

export interface DccFit {
  /** first stage, one a series, in order */
  readonly margins: readonly GarchFit[];
  /** of the correlations: a what a shock adds, b what is kept; both 0 where they do not move */
  readonly params: { readonly a: number; readonly b: number };
  /**
   * of the second stage alone, from its Hessian with the first stage taken as known: too small by what the first stage and the
   * targeted mean correlation do not know (Engle and Sheppard 2001 have the full matrix). null at a bound.
   */
  readonly stdErrors: { readonly a: number | null; readonly b: number | null };
  /** of both stages */
  readonly logLikelihood: number;
  /** the same with constant correlations, the sample's own */
  readonly constantLogLikelihood: number;
  readonly converged: boolean;
  readonly reason: string | null;
  /** [N][N] S, the target */
  readonly meanCorrelation: readonly Float64Array[];
  /** [T][N][N], row by row */
  readonly correlations: readonly Float64Array[];
  /** [N][N] of the period after the last */
  readonly nextCorrelation: readonly Float64Array[];
  readonly nextCovariance: readonly Float64Array[];
}

/**
 * Dynamic conditional correlation of N series by two stages. First a univariate GARCH each gives z[t]; then
 *   Q[t] = (1 - a - b) S + a z[t-1] z[t-1]' + b Q[t-1],  R[t] = diag(Q[t])^-1/2 Q[t] diag(Q[t])^-1/2,  Q[1] = S,
 * S the sample correlation of z (targeting), with a, b >= 0, a + b < 1 at the highest
 *   -1/2 sum (ln |R[t]| + z' R[t]^-1 z - z'z).
 * Q is a mean of positive definite matrices with weights above 0: R is a correlation matrix at every t.
 *
 * Source: Engle, Dynamic Conditional Correlation, Journal of Business and Economic Statistics 20 (2002).
 * @param series 2 to 10 columns of the same rows
 * @throws DataError where a first stage does not converge, a pair is perfectly dependent, or the columns do not match
 */
export function fitDccGarch(series: readonly ArrayLike<number>[], garch: GarchOptions = {}): DccFit {
  const n = series.length;
  if (n < 2 || n > MOST_SERIES) throw new DataError(`${n} series: DCC takes 2 to ${MOST_SERIES}`);
  const odd = series.findIndex((s) => s.length !== series[0]!.length);
  if (odd >= 0)
    throw new DataError(`series ${odd + 1} has ${series[odd]!.length} rows, the first ${series[0]!.length}`);
  const margins = series.map((returns, i) => {
    const fit = fitGarch(returns, garch);
    if (fit.converged) return fit;
    throw new DataError(`series ${i + 1}: its GARCH does not converge: ${fit.reason}`);
  });
  const z = margins.map((fit) => fit.standardised);
  const target = correlationOf(z);
  const likelihood = secondStage(z, target);
  const constant = likelihood(0, 0);
  if (!Number.isFinite(constant)) {
    throw new DataError("the series are perfectly dependent: their correlation matrix has no inverse");
  }
  const first = margins.reduce((sum, fit) => sum + fit.logLikelihood, 0);
  const found = maximise(likelihood, constant, z[0]!.length);
  const { a, b } = found;
  const correlations: Float64Array[] = [];
  const next = walk(z, target, a, b, (r) => correlations.push(r.slice()));
  const deviations = margins.map((fit) => nextDeviation(fit));
  const square = (values: Float64Array): Float64Array[] =>
    Array.from({ length: n }, (_, i) => values.slice(i * n, (i + 1) * n));
  return {
    margins,
    params: { a, b },
    stdErrors: found.errors,
    logLikelihood: first + found.value,
    constantLogLikelihood: first + constant,
    converged: found.reason === null,
    reason: found.reason,
    meanCorrelation: square(target),
    correlations,
    nextCorrelation: square(next),
    nextCovariance: square(next).map((row, i) => row.map((r, j) => r * deviations[i]! * deviations[j]!)),
  };
}

/** sqrt(h[T+1]) through the variance forecast of one period. */
function nextDeviation(fit: GarchFit): number {
  return forecastGarch(fit, 1).volatility[0]!;
}

function correlationOf(z: readonly Float64Array[]): Float64Array {
  const n = z.length;
  const length = z[0]!.length;
  const out = new Float64Array(n * n);
  const size = z.map((x) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0)));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let t = 0; t < length; t++) sum += z[i]![t]! * z[j]![t]!;
      out[i * n + j] = i === j ? 1 : sum / (size[i]! * size[j]!);
      out[j * n + i] = out[i * n + j]!;
    }
  }
  return out;
}

/** Runs the recursion, showing R[t] (a buffer that the next row overwrites) for every row; returns that of the row after the last. */
function walk(
  z: readonly Float64Array[],
  target: Float64Array,
  a: number,
  b: number,
  see: (r: Float64Array, t: number) => void,
): Float64Array {
  const n = z.length;
  const length = z[0]!.length;
  const q = target.slice();
  const r = new Float64Array(n * n);
  for (let t = 0; t <= length; t++) {
    for (let i = 0; i < n; i++) {
      r[i * n + i] = 1;
      for (let j = 0; j < i; j++) {
        const value = q[i * n + j]! / Math.sqrt(q[i * n + i]! * q[j * n + j]!);
        r[i * n + j] = value;
        r[j * n + i] = value;
      }
    }
    if (t === length) break;
    see(r, t);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const k = i * n + j;
        q[k] = (1 - a - b) * target[k]! + a * z[i]![t]! * z[j]![t]! + b * q[k]!;
      }
    }
  }
  return r;
}

/** The second stage's log likelihood as a function of a and b; -Infinity where an R has no inverse. */
function secondStage(z: readonly Float64Array[], target: Float64Array): (a: number, b: number) => number {
  const n = z.length;
  const lower = new Float64Array(n * n);
  const y = new Float64Array(n);
  return (a, b) => {
    let sum = 0;
    walk(z, target, a, b, (r, t) => {
      // R = L L': ln |R| = 2 sum ln L_ii, z' R^-1 z = |L^-1 z|^2
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          let value = r[i * n + j]!;
          for (let k = 0; k < j; k++) value -= lower[i * n + k]! * lower[j * n + k]!;
          if (i === j) {
            if (!(value > 1e-10)) {
              sum = Number.NEGATIVE_INFINITY;
              return;
            }
            lower[i * n + i] = Math.sqrt(value);
          } else lower[i * n + j] = value / lower[j * n + j]!;
        }
        let rest = z[i]![t]!;
        for (let k = 0; k < i; k++) rest -= lower[i * n + k]! * y[k]!;
        y[i] = rest / lower[i * n + i]!;
        sum -= Math.log(lower[i * n + i]!) + 0.5 * (y[i]! * y[i]! - z[i]![t]! * z[i]![t]!);
      }
    });
    return sum;
  };
}

interface Maximum {
  readonly a: number;
  readonly b: number;
  readonly value: number;
  readonly errors: DccFit["stdErrors"];
  readonly reason: string | null;
}

function maximise(likelihood: (a: number, b: number) => number, constant: number, length: number): Maximum {
  const inside = (x: ArrayLike<number>): [number, number] => {
    const [p, q] = [Math.exp(x[0]!), Math.exp(x[1]!)];
    return [p / (1 + p + q), q / (1 + p + q)];
  };
  const at = (x: ArrayLike<number>): number => likelihood(...inside(x));
  const starts = [
    [0.05, 0.9],
    [0.02, 0.97],
    [0.1, 0.6],
  ].map(([a, b]) => [Math.log(a! / (1 - a! - b!)), Math.log(b! / (1 - a! - b!))]);
  const start = starts.reduce((best, x) => (at(x) > at(best) ? x : best));
  const search = minimise(
    (x, gradient) => {
      for (let k = 0; k < 2; k++) {
        const step = 1e-5 * Math.max(1, Math.abs(x[k]!));
        const moved = (by: number): number => at(x.map((v, i) => (i === k ? v + by : v)));
        gradient[k] = (moved(-step) - moved(step)) / (2 * step) / length;
      }
      return -at(x) / length;
    },
    start,
    { gradientTolerance: 1e-6, maxIterations: 100 },
  );
  const [a, b] = inside(search.x);
  const value = likelihood(a, b);
  const none = { a: null, b: null };
  // without shocks that count b is not defined: correlations are constant
  if (a < 1e-4 || value <= constant + 1e-6)
    return { a: 0, b: 0, value: constant, errors: none, reason: null };
  if (a + b > 1 - 1e-5) {
    return {
      a,
      b,
      value,
      errors: none,
      reason: "a + b runs into its bound of 1: correlations do not return to a mean",
    };
  }
  const slopes = (x: Float64Array, gradient: Float64Array): void => {
    for (let k = 0; k < 2; k++) {
      const step = 1e-5 * Math.max(x[k]!, 0.01);
      const moved = (by: number): number =>
        likelihood(x[0]! + (k === 0 ? by : 0), x[1]! + (k === 1 ? by : 0));
      gradient[k] = (moved(step) - moved(-step)) / (2 * step);
    }
  };
  const scale = [Math.max(a, 0.01) * 20, Math.min(b, 1 - a - b) * 20];
  const negative = new Matrix(differentiateGradient(slopes, Float64Array.of(a, b), scale)).mul(-1);
  const cholesky = new CholeskyDecomposition(negative);
  if (!search.converged || !cholesky.isPositiveDefinite()) {
    return {
      a,
      b,
      value,
      errors: none,
      reason: `the likelihood has no peak where the search ended (${search.reason})`,
    };
  }
  const covariance = cholesky.solve(Matrix.eye(2));
  return {
    a,
    b,
    value,
    errors: { a: Math.sqrt(covariance.get(0, 0)), b: Math.sqrt(covariance.get(1, 1)) },
    reason: null,
  };
}
