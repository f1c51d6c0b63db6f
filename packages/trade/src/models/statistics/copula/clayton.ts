import type { CopulaFamily } from "./copula.ts";

/** ln(u^-t + v^-t - 1), also where the powers overflow. */
function logSum(u: number, v: number, theta: number): number {
  const [a, b] = [-theta * Math.log(u), -theta * Math.log(v)];
  const top = Math.max(a, b);
  return top + Math.log1p(Math.exp(Math.min(a, b) - top) - Math.exp(-top));
}

/** C(u, v) = (u^-theta + v^-theta - 1)^(-1/theta), theta > 0; lower tail 2^(-1/theta); tau = theta / (theta + 2). Clayton (1978). */
export const clayton: CopulaFamily = {
  paramNames: ["theta"],
  ranges: [{ low: 1e-5, high: 60 }],
  logDensity(u, v, params) {
    const theta = params[0]!;
    return (
      Math.log1p(theta) - (1 + theta) * (Math.log(u) + Math.log(v)) - (2 + 1 / theta) * logSum(u, v, theta)
    );
  },
  cdf: (u, v, params) => Math.exp(-logSum(u, v, params[0]!) / params[0]!),
  conditional(u, v, params) {
    const theta = params[0]!;
    return Math.min(1, Math.exp(-(1 + theta) * Math.log(v) - (1 + 1 / theta) * logSum(u, v, theta)));
  },
  conditionalQuantile(p, v, params) {
    const theta = params[0]!;
    // u^-theta = 1 + v^-theta (p^(-theta/(1+theta)) - 1)
    const log = -theta * Math.log(v) + Math.log(Math.expm1((-theta / (1 + theta)) * Math.log(p)));
    return Math.exp(-(log > 30 ? log + Math.exp(-log) : Math.log1p(Math.exp(log))) / theta);
  },
  tailDependence: (params) => ({ lower: 2 ** (-1 / params[0]!), upper: 0 }),
  kendall: (params) => params[0]! / (params[0]! + 2),
  start: (tau) => [(2 * tau) / (1 - tau)],
};
