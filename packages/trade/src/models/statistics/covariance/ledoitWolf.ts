import { DataError } from "../../../core/errors.ts";

export interface ShrunkCovariance {
  /** [N][N], by 1/T */
  readonly covariance: readonly Float64Array[];
  /** weight of the target, 0 to 1 */
  readonly shrinkage: number;
  readonly target: ShrinkageTarget;
}

/** constantCorrelation: own variances, the mean correlation; identity: mean variance, no correlation */
export type ShrinkageTarget = "constantCorrelation" | "identity";

/**
 * Covariance of N series shrunk to a target, (1 - k) S + k F, S the sample covariance by 1/T:
 *   k = max(0, min(1, (pi - rho) / (gamma T))), gamma = ||S - F||^2,
 *   pi = sum_ij mean_t ((x_it x_jt - s_ij)^2), x less its mean.
 * constantCorrelation: f_ii = s_ii, f_ij = r sqrt(s_ii s_jj), r the mean correlation; rho = sum_i pi_ii +
 *   sum_{i != j} r/2 (sqrt(s_jj/s_ii) th_ii,ij + sqrt(s_ii/s_jj) th_jj,ij), th_ii,ij = mean_t ((x_it^2 - s_ii)(x_it x_jt - s_ij)).
 *   Ledoit and Wolf, Honey, I Shrunk the Sample Covariance Matrix, Journal of Portfolio Management 30 (2004), appendix B.
 * identity: F = m I, m the mean variance; rho = 0, for the target's own error is of smaller order.
 *   Ledoit and Wolf, A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices, J. of Multivariate Analysis 88 (2004).
 *
 * @param series N columns of T rows
 * @throws DataError for unequal lengths, fewer than 2 rows, a value that is no number, or (constantCorrelation) a constant series
 */
export function ledoitWolf(
  series: readonly ArrayLike<number>[],
  target: ShrinkageTarget = "constantCorrelation",
): ShrunkCovariance {
  const n = series.length;
  const length = series[0]?.length ?? 0;
  const x = centred(series, length);
  const s = products(x, length, (a, b) => a * b);
  const pi = squareDeviations(x, s, length);
  const f = target === "identity" ? identityTarget(s) : constantCorrelation(s);
  const correlation = target === "identity" ? 0 : meanCorrelation(s);
  let [top, gamma] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      gamma += (s[i]![j]! - f[i]![j]!) ** 2;
      top += pi[i]![j]!;
      if (target === "identity") continue;
      if (i === j) top -= pi[i]![i]!;
      else top -= correlation * Math.sqrt(s[j]![j]! / s[i]![i]!) * theta(x, s, i, j, length);
    }
  }
  const shrinkage = gamma === 0 ? 0 : Math.max(0, Math.min(1, top / gamma / length));
  const covariance = s.map((row, i) =>
    row.map((value, j) => (1 - shrinkage) * value + shrinkage * f[i]![j]!),
  );
  return { covariance, shrinkage, target };
}

function centred(series: readonly ArrayLike<number>[], length: number): Float64Array[] {
  if (series.length === 0 || length < 2) {
    throw new DataError(
      `${series.length} series of ${length} rows have no covariance: give at least one of 2`,
    );
  }
  return series.map((values, i) => {
    if (values.length !== length) {
      throw new DataError(`series ${i + 1} has ${values.length} rows, the first ${length}: align them`);
    }
    let mean = 0;
    for (let t = 0; t < length; t++) mean += values[t]! / length;
    if (!Number.isFinite(mean)) throw new DataError(`series ${i + 1} holds a value that is no number`);
    // what rounding leaves of a constant is no variance
    const isConstant = Array.prototype.every.call(values, (v) => v === values[0]);
    return isConstant ? new Float64Array(length) : Float64Array.from(values, (v) => v - mean);
  });
}

function products(
  x: readonly Float64Array[],
  length: number,
  of: (a: number, b: number) => number,
): Float64Array[] {
  return x.map((a) =>
    Float64Array.from(x, (b) => {
      let sum = 0;
      for (let t = 0; t < length; t++) sum += of(a[t]!, b[t]!);
      return sum / length;
    }),
  );
}

function squareDeviations(
  x: readonly Float64Array[],
  s: readonly Float64Array[],
  length: number,
): Float64Array[] {
  return products(x, length, (a, b) => (a * b) ** 2).map((row, i) => row.map((v, j) => v - s[i]![j]! ** 2));
}

/** th_ii,ij; over all i != j both terms of rho come up twice, each with half its weight. */
function theta(
  x: readonly Float64Array[],
  s: readonly Float64Array[],
  i: number,
  j: number,
  length: number,
): number {
  let sum = 0;
  for (let t = 0; t < length; t++) sum += x[i]![t]! ** 3 * x[j]![t]!;
  return sum / length - s[i]![i]! * s[i]![j]!;
}

function identityTarget(s: readonly Float64Array[]): Float64Array[] {
  const mean = s.reduce((sum, row, i) => sum + row[i]!, 0) / s.length;
  return s.map((row, i) => row.map((_, j) => (i === j ? mean : 0)));
}

function meanCorrelation(s: readonly Float64Array[]): number {
  const n = s.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    if (!(s[i]![i]! > 0)) throw new DataError(`series ${i + 1} is constant: it has no correlation`);
    for (let j = 0; j < i; j++) sum += s[i]![j]! / Math.sqrt(s[i]![i]! * s[j]![j]!);
  }
  return n === 1 ? 0 : (2 * sum) / (n * (n - 1));
}

function constantCorrelation(s: readonly Float64Array[]): Float64Array[] {
  const r = meanCorrelation(s);
  return s.map((row, i) => row.map((value, j) => (i === j ? value : r * Math.sqrt(s[i]![i]! * s[j]![j]!))));
}
