import { type CopulaFamily, invertConditional } from "./copula.ts";

/** ln S, S = (-ln u)^theta + (-ln v)^theta. */
function logSum(x: number, y: number, theta: number): number {
  const [a, b] = [theta * Math.log(x), theta * Math.log(y)];
  const top = Math.max(a, b);
  return top + Math.log1p(Math.exp(Math.min(a, b) - top));
}

/** C(u, v) = exp(-S^(1/theta)), theta >= 1; upper tail 2 - 2^(1/theta); tau = 1 - 1/theta. Gumbel (1960). */
export const gumbel: CopulaFamily = {
  paramNames: ["theta"],
  ranges: [{ low: 1, high: 60 }],
  logDensity(u, v, params) {
    const theta = params[0]!;
    const [x, y] = [-Math.log(u), -Math.log(v)];
    const log = logSum(x, y, theta);
    const w = Math.exp(log / theta);
    return (
      -w + x + y + (theta - 1) * (Math.log(x) + Math.log(y)) + (1 / theta - 2) * log + Math.log(theta - 1 + w)
    );
  },
  cdf: (u, v, params) => Math.exp(-Math.exp(logSum(-Math.log(u), -Math.log(v), params[0]!) / params[0]!)),
  conditional(u, v, params) {
    const theta = params[0]!;
    const [x, y] = [-Math.log(u), -Math.log(v)];
    const log = logSum(x, y, theta);
    return Math.min(
      1,
      Math.exp(y - Math.exp(log / theta) + (theta - 1) * Math.log(y) + (1 / theta - 1) * log),
    );
  },
  conditionalQuantile: (p, v, params) => invertConditional(gumbel, p, v, params),
  tailDependence: (params) => ({ lower: 0, upper: 2 - 2 ** (1 / params[0]!) }),
  kendall: (params) => 1 - 1 / params[0]!,
  start: (tau) => [1 / (1 - tau)],
};
