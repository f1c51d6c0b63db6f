import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { DataError, UsageError } from "../../../core/errors.ts";
import { minimise } from "../optimise/minimise.ts";
import type { CopulaFamily, TailDependence } from "./copula.ts";
import { type CopulaName, copulaFamilies, copulaNames } from "./families.ts";
import { kendallTau } from "./kendallTau.ts";
import { pseudoLikelihoodErrors } from "./pseudoLikelihoodErrors.ts";
import { pseudoObservations } from "./pseudoObservations.ts";
import { quantileLikelihood } from "./quantileLikelihood.ts";

/** Fewer pairs tell little of dependence and nothing of its tails. */
export const FEWEST_PAIRS = 50;

/** What all families are measured against: c = 1, no parameters. */
export const INDEPENDENCE = "independence";

export interface CopulaFit {
  readonly family: CopulaName | typeof INDEPENDENCE;
  readonly params: Readonly<Record<string, number>>;
  /** of the pseudo-likelihood, whose margins are ranks; null where the fit has not converged */
  readonly stdErrors: Readonly<Record<string, number | null>>;
  readonly logLikelihood: number;
  readonly aic: number;
  readonly bic: number;
  readonly tailDependence: TailDependence;
  /** Kendall's rank correlation of the data, and of the model */
  readonly kendall: number;
  readonly modelKendall: number;
  readonly observations: number;
  readonly converged: boolean;
  readonly reason: string | null;
}

export interface CopulaSelection {
  /** the lowest AIC among those that converged */
  readonly best: CopulaFit;
  /** all, lowest AIC first */
  readonly all: readonly CopulaFit[];
}

/**
 * Fits a family to two columns by maximum pseudo-likelihood, sum ln c(R_i/(n+1), S_i/(n+1)), R and S the ranks: the margins are
 * empirical and whatever they are. For returns take GARCH residuals, which ranks of raw returns are no substitute for.
 * Source: Genest, Ghoudi and Rivest, Biometrika 82 (1995).
 *
 * @throws DataError for fewer than 50 pairs, unequal lengths, a value that is no number, a constant column, or columns of which
 *   one is a monotone function of the other (no family has such a density)
 */
export function fitCopula(x: ArrayLike<number>, y: ArrayLike<number>, family: CopulaName): CopulaFit {
  if (!Object.hasOwn(copulaFamilies, family)) {
    throw new UsageError(`there is no copula '${family}': choose one of ${copulaNames.join(", ")}`);
  }
  const tau = checkedTau(x, y);
  return fitFamily(pseudoObservations(x), pseudoObservations(y), family, tau, true);
}

/** All families that can have dependence of the data's sign, and independence; the lowest AIC wins (Akaike 1974). */
export function selectCopula(x: ArrayLike<number>, y: ArrayLike<number>): CopulaSelection {
  const tau = checkedTau(x, y);
  const [u, v] = [pseudoObservations(x), pseudoObservations(y)];
  const fits: CopulaFit[] = [independence(tau, u.length)];
  for (const name of copulaNames) {
    if (canHave(name, tau)) fits.push(fitFamily(u, v, name, tau, false));
  }
  const rank = (fit: CopulaFit): number => (Number.isFinite(fit.aic) ? fit.aic : Number.POSITIVE_INFINITY);
  fits.sort((a, b) => rank(a) - rank(b));
  const winner = fits.find((fit) => fit.converged)!;
  const best = winner.family === INDEPENDENCE ? winner : fitFamily(u, v, winner.family, tau, true);
  return { best, all: fits.map((fit) => (fit === winner ? best : fit)) };
}

function canHave(name: CopulaName, tau: number): boolean {
  if (name === "gaussian" || name === "t" || name === "frank") return true;
  return /(90|270)$/.test(name) ? tau <= 0 : tau >= 0;
}

function independence(tau: number, n: number): CopulaFit {
  return {
    family: INDEPENDENCE,
    params: {},
    stdErrors: {},
    logLikelihood: 0,
    aic: 0,
    bic: 0,
    tailDependence: { lower: 0, upper: 0 },
    kendall: tau,
    modelKendall: 0,
    observations: n,
    converged: true,
    reason: null,
  };
}

function checkedTau(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  if (y.length !== n) throw new DataError(`${n} values beside ${y.length}: a copula needs pairs`);
  if (n < FEWEST_PAIRS)
    throw new DataError(`${n} pairs are too few for a copula: give at least ${FEWEST_PAIRS}`);
  for (let i = 0; i < n; i++) {
    if (Number.isFinite(x[i]) && Number.isFinite(y[i])) continue;
    throw new DataError(`pair ${i + 1} is ${x[i]} and ${y[i]}: leave missing rows out before`);
  }
  const tau = kendallTau(x, y);
  if (Number.isNaN(tau)) throw new DataError("a column is constant: it depends on nothing");
  if (Math.abs(tau) > 1 - 1e-12) {
    const way = tau > 0 ? "rises" : "falls";
    throw new DataError(
      `the columns are perfectly dependent, one ${way} whenever the other rises: there is no density to fit`,
    );
  }
  return tau;
}

function fitFamily(
  u: Float64Array,
  v: Float64Array,
  name: CopulaName,
  tau: number,
  withErrors: boolean,
): CopulaFit {
  const family: CopulaFamily = copulaFamilies[name];
  const { ranges, paramNames } = family;
  const value = name === "t" ? quantileLikelihood(u, v) : sumOf(family, u, v);
  const toParams = (x: ArrayLike<number>): number[] =>
    ranges.map(({ low, high }, k) => low + (high - low) / (1 + Math.exp(-x[k]!)));
  const start = family.start(tau).map((p, k) => {
    const { low, high } = ranges[k]!;
    const inside = Math.min(Math.max(p, low + 1e-3 * Math.min(1, high - low)), high - 1e-3 * (high - low));
    return Math.log((inside - low) / (high - inside));
  });
  const n = u.length;
  const search = minimise(
    (x, gradient) => {
      // central differences of a sum that is exact to rounding: eps^(1/3) leaves eps^(2/3) of error
      for (let k = 0; k < x.length; k++) {
        const step = 6e-6 * Math.max(1, Math.abs(x[k]!));
        const moved = (by: number): number => value(toParams(x.map((c, i) => (i === k ? c + by : c))));
        gradient[k] = (moved(-step) - moved(step)) / (2 * step) / n;
      }
      return -value(toParams(x)) / n;
    },
    start,
    { gradientTolerance: 1e-7, maxIterations: 100 },
  );
  const params = toParams(search.x);
  const logLikelihood = value(params);
  const hessian = hessianOf(value, params, ranges);
  const reason = faultOf(family, params, search.converged ? null : search.reason, hessian);
  const errors =
    reason === null && withErrors
      ? pseudoLikelihoodErrors(family, u, v, params, hessian)
      : params.map(() => null);
  const named = <V>(values: readonly V[]): Record<string, V> =>
    Object.fromEntries(paramNames.map((p, k) => [p, values[k]!]));
  return {
    family: name,
    params: named(params),
    stdErrors: named<number | null>(errors),
    logLikelihood,
    aic: 2 * params.length - 2 * logLikelihood,
    bic: Math.log(n) * params.length - 2 * logLikelihood,
    tailDependence: family.tailDependence(params),
    kendall: tau,
    modelKendall: family.kendall(params),
    observations: n,
    converged: reason === null,
    reason,
  };
}

function sumOf(family: CopulaFamily, u: Float64Array, v: Float64Array): (params: number[]) => number {
  return (params) => {
    let sum = 0;
    for (let i = 0; i < u.length; i++) sum += family.logDensity(u[i]!, v[i]!, params);
    return sum;
  };
}

/** Step of a second difference: eps^(1/4) of the parameter's room. */
function stepOf(p: number, { low, high }: { low: number; high: number }): number {
  return 1.2e-4 * Math.min(1 + Math.abs(p), p - low, high - p);
}

function hessianOf(
  value: (params: number[]) => number,
  params: number[],
  ranges: CopulaFamily["ranges"],
): number[][] {
  const steps = params.map((p, k) => stepOf(p, ranges[k]!));
  const at = (...moves: [number, number][]): number => {
    const point = [...params];
    for (const [k, sign] of moves) point[k]! += sign * steps[k]!;
    return value(point);
  };
  return params.map((_, i) =>
    params.map((_, j) => {
      if (i === j) return (at([i, 1]) - 2 * at() + at([i, -1])) / steps[i]! ** 2;
      const mixed = at([i, 1], [j, 1]) - at([i, 1], [j, -1]) - at([i, -1], [j, 1]) + at([i, -1], [j, -1]);
      return mixed / (4 * steps[i]! * steps[j]!);
    }),
  );
}

function faultOf(
  { ranges, paramNames }: CopulaFamily,
  params: readonly number[],
  search: string | null,
  hessian: number[][],
): string | null {
  for (const [k, { low, high }] of ranges.entries()) {
    const share = (params[k]! - low) / (high - low);
    if (share < 1e-5 || share > 1 - 1e-3) {
      return `${paramNames[k]} runs into its bound of ${share < 0.5 ? low : high}: the family does not describe these pairs`;
    }
  }
  const negative = new Matrix(hessian).mul(-1);
  if (!new CholeskyDecomposition(negative).isPositiveDefinite()) {
    return "the likelihood has no peak where the search ended";
  }
  return search;
}
