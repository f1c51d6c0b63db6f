/** ln f(z) into out[0], its derivative by z into out[1], by the shape parameters into out[2], out[3]. */
export type LogDensity = (z: number, out: Float64Array) => void;

/**
 * Sum of ln f over all z. Derivatives of each term by its z go into `slopes`, of the sum by the shape parameters into `byShape`.
 * It is that of `LogDensity` but for rounding.
 */
export type LogDensitySum = (z: Float64Array, slopes: Float64Array, byShape: Float64Array) => number;

/** A distribution of mean 0 and variance 1: what a standardised residual z = (r - mean) / sigma is taken to follow. */
export interface Innovation {
  readonly shapeNames: readonly string[];
  /** where a fit starts, and the open range of each shape parameter */
  readonly shapes: readonly { readonly start: number; readonly low: number; readonly high: number }[];
  logDensity(shape: ArrayLike<number>): LogDensity;
  logDensitySum(shape: ArrayLike<number>): LogDensitySum;
  cdf(z: number, shape: ArrayLike<number>): number;
  /** NaN outside (0, 1) */
  quantile(p: number, shape: ArrayLike<number>): number;
  /** E[z | z <= quantile(p)], p in (0, 1): the expected shortfall at 1 - p is its negative */
  tailMean(p: number, shape: ArrayLike<number>): number;
  /** E[z^2 1(z < 0)]: the share of the variance that falls below the mean, 1/2 for a symmetric z */
  lowerSquare(shape: ArrayLike<number>): number;
}
