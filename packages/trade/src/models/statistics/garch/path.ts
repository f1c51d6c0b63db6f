import type { GarchLayout } from "./garchSpec.ts";

/**
 * Residuals and variances of one series under changing parameters. Row `before` is the first return that counts; the rows
 * above it hold presample values.
 */
export interface Path {
  readonly length: number;
  readonly before: number;
  /** number of all parameters; those of the mean come first */
  readonly count: number;
  readonly means: number;
  /** residuals; 0 in the presample */
  readonly e: Float64Array;
  /** [means] columns of rows: derivatives of e, which no parameter changes */
  readonly de: readonly Float64Array[];
  /** variances */
  readonly h: Float64Array;
  /** h^-1/2 */
  readonly scale: Float64Array;
  /** [length]: e h^-1/2, and the derivative of ln f by it */
  readonly z: Float64Array;
  readonly slopes: Float64Array;
  /** mean squared residual */
  squares: number;
  /** [means]: its derivatives */
  readonly dSquares: Float64Array;
}

/** How the variance moves: from residuals to variances, and from the slopes of the density to a gradient or to its terms. */
export interface Recursion {
  /** Fills h, scale and z from e; returns -1/2 sum ln h, or -Infinity where a variance is not above 0 or runs away. */
  forward(theta: Float64Array): number;
  /**
   * Writes the derivatives of sum ln f(z[t]) - 1/2 ln h[t] by all parameters but those of the shape into `gradient`, from the
   * slopes of the density: one recursion from the last row to the first, whatever the number of parameters.
   */
  backward(theta: Float64Array, gradient: Float64Array): void;
  /** [rows, count]: derivatives of h by all parameters, row by row from the first to the last */
  varianceSlopes(theta: Float64Array): Float64Array;
}

export function pathOf(returns: ArrayLike<number>, layout: GarchLayout, before: number): Path {
  const { arLags, count, omega: means, hasMean } = layout;
  const length = returns.length - arLags;
  const rows = before + length;
  const de = Array.from({ length: means }, (_, k) => {
    const column = new Float64Array(rows);
    if (hasMean && k === 0) return column.fill(-1, before);
    for (let t = 0; t < length; t++) column[before + t] = -returns[arLags + t - k]!;
    return column;
  });
  return {
    length,
    before,
    count,
    means,
    e: new Float64Array(rows),
    de,
    h: new Float64Array(rows),
    scale: new Float64Array(rows),
    z: new Float64Array(length),
    slopes: new Float64Array(length),
    squares: 0,
    dSquares: new Float64Array(means),
  };
}

/** e[t] = r[t] - mu - sum ar_i r[t-i], their mean square s and ds = 2 mean(e de). */
export function fillResiduals(
  path: Path,
  returns: ArrayLike<number>,
  layout: GarchLayout,
  parameters: ArrayLike<number>,
): void {
  const { e, de, before, length, means, dSquares } = path;
  for (let t = 0; t < length; t++) e[before + t] = returns[layout.arLags + t]!;
  for (let k = 0; k < means; k++) addProducts(e, parameters[k]!, de[k]!, before, before);
  path.squares = sumOfProducts(e, e, before, before) / length;
  for (let k = 0; k < means; k++) dSquares[k] = (2 * sumOfProducts(e, de[k]!, before, before)) / length;
}

/** a[from] b[other] + a[from + 1] b[other + 1] + ... up to the end of the shorter one. */
export function sumOfProducts(a: Float64Array, b: Float64Array, from: number, other: number): number {
  const n = Math.min(a.length - from, b.length - other);
  let sum = 0;
  for (let t = 0; t < n; t++) sum += a[from + t]! * b[other + t]!;
  return sum;
}

/** a[from] += factor b[other] and so on up to the end of the shorter one. */
export function addProducts(
  a: Float64Array,
  factor: number,
  b: Float64Array,
  from: number,
  other: number,
): void {
  const n = Math.min(a.length - from, b.length - other);
  for (let t = 0; t < n; t++) a[from + t]! += factor * b[other + t]!;
}
