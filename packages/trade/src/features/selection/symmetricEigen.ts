import { UsageError } from "../../core/errors.ts";

export interface Eigen {
  /** descending */
  readonly values: Float64Array;
  /** one unit vector for each value, its largest component (the first of equals) positive */
  readonly vectors: readonly Float64Array[];
}

/** Sweeps after which a matrix of finite numbers has long converged: some eight are usual. */
const MOST_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations: each takes one pair of entries off the
 * diagonal to 0, until what is left there is below rounding.
 * Source: Jacobi 1846; Golub and Van Loan, Matrix Computations, 8.5.
 * @param matrix [n, n] row-major
 * @throws UsageError when it is not square, symmetric and finite
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = checkedCopy(matrix, n);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const size = a.reduce((sum, x) => sum + x * x, 0);
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a, n) > 1e-32 * size; sweep++) {
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]! || i - j);
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]!),
    vectors: order.map((i) => upright(Float64Array.from({ length: n }, (_, k) => v[k * n + i]!))),
  };
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  // the smaller of the two angles; far apart values give 1 / (2 theta) without overflow of the square
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p]!;
    const kq = a[k * n + q]!;
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k]!;
    const qk = a[q * n + k]!;
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
    const kp = v[k * n + p]!;
    const kq = v[k * n + q]!;
    v[k * n + p] = c * kp - s * kq;
    v[k * n + q] = s * kp + c * kq;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sum += a[i * n + j]! ** 2;
  return sum;
}

/** A vector's sign says nothing: it is set, so that the same columns give the same components. */
function upright(vector: Float64Array): Float64Array {
  let largest = 0;
  // equal but for rounding counts as equal: else the sign would hang on the last bit
  vector.forEach((x, i) => {
    if (Math.abs(x) > Math.abs(vector[largest]!) * (1 + 1e-9)) largest = i;
  });
  return vector[largest]! < 0 ? vector.map((x) => -x) : vector;
}

function checkedCopy(matrix: Float64Array, n: number): Float64Array {
  if (!Number.isSafeInteger(n) || n < 1 || matrix.length !== n * n)
    throw new UsageError(`eigenvalues: ${matrix.length} numbers are no square matrix of ${n} rows`);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const x = matrix[i * n + j]!;
      if (!Number.isFinite(x) || x !== matrix[j * n + i])
        throw new UsageError(
          `eigenvalues: the entries of row ${i} and column ${j} are not finite and symmetric`,
        );
    }
  }
  return matrix.slice();
}
