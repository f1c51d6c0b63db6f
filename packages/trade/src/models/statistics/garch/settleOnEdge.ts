import { Matrix } from "ml-matrix";

/** A point of the search, seen through the likelihood. */
export interface EdgeSearch {
  gradientAt(u: Float64Array, gradient: Float64Array): number;
  /** inverse of the negative Hessian of the free coordinates; null where it is not positive definite */
  covarianceAt(u: Float64Array): Matrix | null;
  /** behind the last evaluation */
  readonly residuals: Float64Array;
  readonly free: readonly number[];
  /** of g' C g, below which the point is the maximum */
  readonly tolerance: number;
}

/** So far from the edge differences of the gradient do not cross it. */
const ASIDE = 1e-4;
/** Half the width of the edge. */
const HALF = 1e-9;

/**
 * Of egarch the likelihood has an edge wherever a residual is 0, since |z| has no slope there; its maximum may lie on one, with the
 * mean equal to a return. Then no gradient is 0, but one between those of both sides is (Clarke 1975), g = g1 + s (g2 - g1) with
 * 0 <= s <= 1: in the measure C of the covariance the shortest one, whose Newton step C g stays on the edge.
 * @param u where the search ended, the constant of the mean first, in units of the series' deviation
 * @returns the maximum on the edge nearest to u; null where there is none
 */
export function settleOnEdge(
  { gradientAt, covarianceAt, residuals, free, tolerance }: EdgeSearch,
  u: Float64Array,
): { u: Float64Array; covariance: Matrix; decrement: number } | null {
  const count = u.length;
  const here = Float64Array.from(u);
  const side = new Float64Array(count);
  const besideOf = (by: number): Float64Array => here.map((value, k) => (k === 0 ? value + by : value));
  const columnOf = (by: number): Matrix => {
    gradientAt(besideOf(by), side);
    return Matrix.columnVector(free.map((k) => side[k]!));
  };
  const product = (a: Matrix, b: Matrix): number => a.transpose().mmul(b).get(0, 0);
  const onEdge = (): void => {
    gradientAt(here, side);
    here[0]! += residuals.reduce((nearest, e) => (Math.abs(e) < Math.abs(nearest) ? e : nearest), Infinity);
  };
  onEdge();
  const covariance = covarianceAt(besideOf(ASIDE)) ?? covarianceAt(besideOf(-ASIDE));
  if (!covariance) return null;
  for (let step = 0; step < 20; step++) {
    const below = columnOf(-HALF);
    const jump = columnOf(HALF).sub(below);
    const share = -product(jump, covariance.mmul(below)) / product(jump, covariance.mmul(jump));
    if (!(share >= 0 && share <= 1)) return null;
    const shortest = below.add(jump.mul(share));
    const move = covariance.mmul(shortest);
    const decrement = product(shortest, move);
    if (decrement <= tolerance) return { u: here, covariance, decrement };
    free.forEach((k, i) => {
      here[k]! += move.get(i, 0);
    });
    onEdge();
  }
  return null;
}
