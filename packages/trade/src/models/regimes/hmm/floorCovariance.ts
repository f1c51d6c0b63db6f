import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * A covariance whose spread is nowhere below `floor`, in units of the columns' own deviations s: with D = diag(s), the
 * eigenvalues of D^-1 C D^-1 below it are raised to it. Of a diagonal one: max(variance, floor s²). This is the most likely
 * covariance of those that keep the floor (the likelihood of a Gaussian falls apart into its eigenvalues), so that a
 * step of Baum-Welch still raises the likelihood; without one a state that holds a single row has an infinite one.
 */
export function floorCovariance(
  covariance: readonly (readonly number[])[],
  deviations: ArrayLike<number>,
  floor: number,
  kind: "diagonal" | "full",
): number[][] {
  const D = covariance.length;
  if (kind === "diagonal")
    return covariance.map((row, a) =>
      row.map((v, b) => (a === b ? Math.max(v, floor * deviations[a]! ** 2) : 0)),
    );
  const scaled = covariance.map((row, a) => row.map((v, b) => v / (deviations[a]! * deviations[b]!)));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(scaled), {
    assumeSymmetric: true,
  });
  if (realEigenvalues.every((v) => v >= floor)) return covariance.map((row) => [...row]);
  const out = Array.from({ length: D }, () => new Array<number>(D).fill(0));
  for (let a = 0; a < D; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let e = 0; e < D; e++)
        sum +=
          Math.max(realEigenvalues[e]!, floor) * eigenvectorMatrix.get(a, e) * eigenvectorMatrix.get(b, e);
      out[a]![b] = out[b]![a] = sum * deviations[a]! * deviations[b]!;
    }
  }
  return out;
}
