import { Matrix } from "ml-matrix";
import { DataError } from "../../../core/errors.ts";
import { garchCoordinates } from "./garchCoordinates.ts";
import { garchLikelihood } from "./garchLikelihood.ts";
import { type GarchOptions, type GarchSpec, garchSpec } from "./garchSpec.ts";
import { type GarchMaximum, maximiseGarch } from "./maximiseGarch.ts";
import { outerProducts } from "./outerProducts.ts";

/** Fewer returns tell nothing of how a variance moves. */
export const FEWEST_RETURNS = 100;

export interface GarchFit {
  readonly spec: GarchSpec;
  /** order of the parameters, as in `theta` */
  readonly names: readonly string[];
  readonly theta: Float64Array;
  readonly params: Readonly<Record<string, number>>;
  /** from the inverse of the negative Hessian; null at a bound, and where the fit has not converged */
  readonly stdErrors: Readonly<Record<string, number | null>>;
  /**
   * H^-1 (sum s s') H^-1, right where z only has the wrong distribution: White (1982), for GARCH Bollerslev and Wooldridge (1992),
   * whose own formula has the expected information in place of the Hessian
   */
  readonly robustErrors: Readonly<Record<string, number | null>>;
  readonly logLikelihood: number;
  /** 2 k - 2 ln L and k ln T - 2 ln L, k all parameters */
  readonly aic: number;
  readonly bic: number;
  /** T: returns less the lags of the mean */
  readonly observations: number;
  readonly converged: boolean;
  /** why not; null where it has */
  readonly reason: string | null;
  /** parameters at a bound, which have no error */
  readonly atBound: readonly string[];
  readonly iterations: number;
  /** e[t], sqrt(h[t]) and e[t] / sqrt(h[t]), oldest first, one a counted return */
  readonly residuals: Float64Array;
  readonly volatility: Float64Array;
  readonly standardised: Float64Array;
  readonly returns: Float64Array;
}

/**
 * Fits a GARCH model by maximum likelihood (`garchSpec`, `garchLikelihood`). The series is scaled to variance 1 first, so that
 * the fit does not depend on the unit of the returns.
 *
 * A fit that did not converge says so in `converged` and `reason`: its parameters are where the search ended, no estimates.
 * @param returns oldest first, fractions or percent
 * @throws DataError for fewer than 100 returns, one that is no number, or a constant series
 */
export function fitGarch(returns: ArrayLike<number>, options: GarchOptions = {}): GarchFit {
  const spec = garchSpec.parse(options);
  const coordinates = garchCoordinates(spec);
  const { layout, slopes } = coordinates;
  const { names, count, omega, hasMean, arLags } = layout;
  const { mean, deviation } = momentsOf(returns, arLags, hasMean);
  const standard = new Float64Array(returns).map((r) => r / deviation);
  const likelihood = garchLikelihood(standard, spec);
  const found = maximiseGarch(likelihood, spec, mean / deviation);
  const unit = coordinates.toTheta(found.u);
  const scores = new Float64Array(likelihood.length * count);
  likelihood.evaluate(unit, undefined, scores);

  const back = scaling(spec, deviation);
  const theta = Float64Array.from(back.slopes, (row, i) => {
    return row.reduce((sum, s, j) => sum + s * unit[j]!, back.offsets[i]!);
  });
  const jacobian = new Matrix(back.slopes).mmul(new Matrix(slopes.map((row) => [...row])));
  const { hessian, robust } = errorsOf(found, () => outerProducts(scores, slopes), jacobian);
  const n = likelihood.length;
  const logLikelihood = found.logLikelihood - n * Math.log(deviation);
  const residuals = likelihood.residuals.map((e) => e * deviation);
  const volatility = likelihood.variances.map((h) => Math.sqrt(h) * deviation);
  const named = <V>(values: ArrayLike<V>): Record<string, V> =>
    Object.fromEntries(names.map((name, k) => [name, values[k]!]));
  return {
    spec,
    names,
    theta,
    params: named(theta),
    stdErrors: named(hessian),
    robustErrors: named(robust),
    logLikelihood,
    aic: 2 * count - 2 * logLikelihood,
    bic: count * Math.log(n) - 2 * logLikelihood,
    observations: n,
    converged: found.converged,
    reason: found.reason,
    atBound: found.converged ? names.filter((_, k) => k >= omega && hessian[k] === null) : [],
    iterations: found.iterations,
    residuals,
    volatility,
    standardised: residuals.map((e, t) => e / volatility[t]!),
    returns: new Float64Array(returns),
  };
}

function momentsOf(
  returns: ArrayLike<number>,
  arLags: number,
  hasMean: boolean,
): { mean: number; deviation: number } {
  const n = returns.length;
  if (n - arLags < FEWEST_RETURNS) {
    throw new DataError(
      `${n} returns are too few for a GARCH model: give at least ${FEWEST_RETURNS + arLags}`,
    );
  }
  let mean = 0;
  let size = 0;
  for (let t = 0; t < n; t++) {
    const r = returns[t]!;
    if (!Number.isFinite(r)) {
      throw new DataError(`return ${t + 1} of ${n} is ${r}: leave missing rows out or fill them before`);
    }
    mean += r / n;
    size = Math.max(size, Math.abs(r));
  }
  let squares = 0;
  for (let t = 0; t < n; t++) squares += ((returns[t]! - (hasMean ? mean : 0)) / (size || 1)) ** 2;
  const deviation = Math.sqrt(squares / n) * size;
  // what rounding leaves of a constant is no variance
  if (!(deviation > 1e-10 * size && deviation > 1e-150 && deviation < 1e150)) {
    throw new DataError(
      `the ${n} returns are all ${returns[0]}, or as good as: there is no variance to model`,
    );
  }
  return { mean, deviation };
}

/** theta of the returns from theta of returns / s: mu s, omega s^2; of egarch omega + (1 - sum beta) ln s^2. */
function scaling(spec: GarchSpec, s: number): { slopes: number[][]; offsets: number[] } {
  const { count, hasMean, omega, beta } = garchCoordinates(spec).layout;
  const slopes = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j): number => (i === j ? 1 : 0)),
  );
  const offsets = new Array<number>(count).fill(0);
  if (hasMean) slopes[0]![0] = s;
  if (spec.kind === "egarch") {
    offsets[omega] = 2 * Math.log(s);
    for (let j = 0; j < spec.q; j++) slopes[omega]![beta + j] = -2 * Math.log(s);
  } else slopes[omega]![omega] = s * s;
  return { slopes, offsets };
}

function errorsOf(
  found: GarchMaximum,
  outerOf: () => Matrix,
  jacobian: Matrix,
): { hessian: (number | null)[]; robust: (number | null)[] } {
  const none = new Array<number | null>(jacobian.rows).fill(null);
  const { covariance, converged } = found;
  const free = [...found.free];
  if (!covariance || !converged) return { hessian: none, robust: none };
  const outer = outerOf().selection(free, free);
  const sandwich = covariance.mmul(outer).mmul(covariance);
  const toTheta = jacobian.subMatrixColumn(free);
  // a parameter whose own coordinate is held at its bound has no error, though others may move it
  const told = (matrix: Matrix): (number | null)[] => {
    const full = toTheta.mmul(matrix).mmul(toTheta.transpose());
    return none.map((_, k) => (free.includes(k) && full.get(k, k) > 0 ? Math.sqrt(full.get(k, k)) : null));
  };
  return { hessian: told(covariance), robust: told(sandwich) };
}
