import { inverse, Matrix } from "ml-matrix";
import type { CopulaFamily } from "./copula.ts";

/**
 * Standard errors of a maximum pseudo-likelihood estimate: B^-1 V B^-1 / n, B = -mean Hessian of ln c, V the covariance of
 *   s(U_i, V_i) + W1(U_i) + W2(V_i),  W1(U_i) = 1/n sum_k ds/du (U_k, V_k) (1(U_i <= U_k) - U_k),  W2 alike,
 * s the score. W is what is owed to margins that were estimated by ranks: without it the errors would be those of known margins.
 * Source: Genest, Ghoudi and Rivest, A Semiparametric Estimation Procedure of Dependence Parameters, Biometrika 82 (1995), 3.
 *
 * @param hessian of the summed log density by the parameters
 */
export function pseudoLikelihoodErrors(
  family: CopulaFamily,
  u: Float64Array,
  v: Float64Array,
  params: readonly number[],
  hessian: number[][],
): (number | null)[] {
  const n = u.length;
  const count = params.length;
  const score = (a: number, b: number, k: number): number => {
    const { low, high } = family.ranges[k]!;
    const step = 6e-6 * Math.min(1 + Math.abs(params[k]!), params[k]! - low, high - params[k]!);
    const moved = (by: number): number =>
      family.logDensity(
        a,
        b,
        params.map((p, i) => (i === k ? p + by : p)),
      );
    return (moved(step) - moved(-step)) / (2 * step);
  };
  const influence = Array.from({ length: count }, (_, k) => {
    const bySlopeU = new Float64Array(n);
    const bySlopeV = new Float64Array(n);
    const sum = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const [a, b] = [u[i]!, v[i]!];
      sum[i] = score(a, b, k);
      const [da, db] = [1e-4 * Math.min(a, 1 - a), 1e-4 * Math.min(b, 1 - b)];
      bySlopeU[i] = (score(a + da, b, k) - score(a - da, b, k)) / (2 * da);
      bySlopeV[i] = (score(a, b + db, k) - score(a, b - db, k)) / (2 * db);
    }
    addMargin(sum, u, bySlopeU);
    addMargin(sum, v, bySlopeV);
    return sum;
  });
  const variance = new Matrix(influence.map((a) => influence.map((b) => covarianceOf(a, b))));
  const bread = inverse(new Matrix(hessian).mul(-1 / n));
  const covariance = bread.mmul(variance).mmul(bread).div(n);
  return covariance.diagonal().map((d) => (d > 0 && Number.isFinite(d) ? Math.sqrt(d) : null));
}

/** Adds 1/n sum_k slope_k (1(p_i <= p_k) - p_k) to element i. */
function addMargin(sum: Float64Array, p: Float64Array, slope: Float64Array): void {
  const n = p.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => p[b]! - p[a]!);
  let mean = 0;
  for (let k = 0; k < n; k++) mean += (slope[k]! * p[k]!) / n;
  let above = 0;
  for (let from = 0; from < n; ) {
    let to = from;
    for (; to < n && p[order[to]!] === p[order[from]!]; to++) above += slope[order[to]!]! / n;
    for (; from < to; from++) sum[order[from]!]! += above - mean;
  }
}

function covarianceOf(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / n;
}
