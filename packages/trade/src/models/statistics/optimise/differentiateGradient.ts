/**
 * Hessian of a function from its gradient by central differences, made symmetric:
 *   H_ij = (g_j(x + d_i e_i) - g_j(x - d_i e_i)) / (2 d_i),  d_i = eps^(1/3) scale_i; error O(eps^(2/3)).
 * Source: Dennis and Schnabel, Numerical Methods for Unconstrained Optimization, 1983, 5.6.
 *
 * @param scale size of each variable, above 0: |x_i|, or what counts as one unit of it where it may be zero
 */
export function differentiateGradient(
  gradientAt: (x: Float64Array, gradient: Float64Array) => void,
  x: Float64Array,
  scale: ArrayLike<number>,
): number[][] {
  const n = x.length;
  const point = Float64Array.from(x);
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  const rows: number[][] = [];
  for (let i = 0; i < n; i++) {
    const step = Math.cbrt(Number.EPSILON) * scale[i]!;
    const up = x[i]! + step;
    const down = x[i]! - step;
    point[i] = up;
    gradientAt(point, above);
    point[i] = down;
    gradientAt(point, below);
    point[i] = x[i]!;
    rows.push(Array.from(above, (g, j) => (g - below[j]!) / (up - down)));
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (rows[i]![j]! + rows[j]![i]!) / 2;
      rows[i]![j] = mean;
      rows[j]![i] = mean;
    }
  }
  return rows;
}
