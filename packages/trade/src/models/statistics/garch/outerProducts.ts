import { Matrix } from "ml-matrix";

/**
 * J' (sum s[t] s[t]') J: outer products of the scores in other coordinates, of which J is d theta / d coordinates. Near the maximum
 * they are the information, as the negative Hessian is (Berndt, Hall, Hall and Hausman 1974); away from it they are, unlike the
 * Hessian, never indefinite.
 * @param scores [T, parameters] row by row
 * @param slopes [parameters][parameters] J
 */
export function outerProducts(scores: Float64Array, slopes: readonly (readonly number[])[]): Matrix {
  const count = slopes.length;
  const sums = new Float64Array(count * count);
  for (let row = 0; row < scores.length; row += count) {
    for (let i = 0; i < count; i++) {
      const score = scores[row + i]!;
      for (let j = 0; j <= i; j++) sums[i * count + j]! += score * scores[row + j]!;
    }
  }
  const outer = Matrix.zeros(count, count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      outer.set(i, j, sums[i * count + j]!);
      outer.set(j, i, sums[i * count + j]!);
    }
  }
  const jacobian = new Matrix(slopes.map((row) => [...row]));
  const product = jacobian.transpose().mmul(outer).mmul(jacobian);
  // what rounding leaves of the symmetry
  return product.add(product.transpose()).mul(0.5);
}
