/** Coefficients of tail dependence: lim P(U <= q | V <= q) as q falls to 0, lim P(U > q | V > q) as q rises to 1. */
export interface TailDependence {
  readonly lower: number;
  readonly upper: number;
}

/** A family of distributions of two uniform variables U, V. u, v lie inside (0, 1). */
export interface CopulaFamily {
  readonly paramNames: readonly string[];
  /** open range of each parameter */
  readonly ranges: readonly { readonly low: number; readonly high: number }[];
  /** ln c(u, v) */
  logDensity(u: number, v: number, params: ArrayLike<number>): number;
  /** C(u, v) = P(U <= u, V <= v) */
  cdf(u: number, v: number, params: ArrayLike<number>): number;
  /** h(u | v) = P(U <= u | V = v) = dC / dv */
  conditional(u: number, v: number, params: ArrayLike<number>): number;
  /** the u with h(u | v) = p */
  conditionalQuantile(p: number, v: number, params: ArrayLike<number>): number;
  tailDependence(params: ArrayLike<number>): TailDependence;
  /** Kendall's rank correlation of the model */
  kendall(params: ArrayLike<number>): number;
  /** parameters of about this rank correlation: where a fit starts */
  start(tau: number): number[];
}

/** The u in (0, 1) with h(u | v) = p by Newton's method on the density, halving where it would leave its bracket. */
export function invertConditional(
  family: Pick<CopulaFamily, "conditional" | "logDensity">,
  p: number,
  v: number,
  params: ArrayLike<number>,
): number {
  let [low, high] = [0, 1];
  let u = p;
  for (let k = 0; k < 200; k++) {
    const over = family.conditional(u, v, params) - p;
    if (over > 0) high = u;
    else low = u;
    if (over === 0 || high - low <= 1e-16 * high) break;
    const newton = u - over / Math.exp(family.logDensity(u, v, params));
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - u) <= 1e-16 * u) break;
    u = next;
  }
  return u;
}

/** The parameter in (low, high) at which an increasing function has this value, by halving. */
export function invertIncreasing(
  of: (x: number) => number,
  value: number,
  low: number,
  high: number,
): number {
  let [a, b] = [low, high];
  for (let k = 0; k < 60; k++) {
    const middle = (a + b) / 2;
    if (of(middle) < value) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}
