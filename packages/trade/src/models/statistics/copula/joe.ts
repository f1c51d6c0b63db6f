import { integrate } from "../optimise/integrate.ts";
import { type CopulaFamily, invertConditional, invertIncreasing } from "./copula.ts";

/** a = (1-u)^t, 1 - a, b = (1-v)^t, and S = a + b - ab without cancellation. */
function terms(u: number, v: number, theta: number): { notA: number; s: number } {
  const logA = theta * Math.log1p(-u);
  const notA = -Math.expm1(logA);
  return { notA, s: Math.exp(logA) + Math.exp(theta * Math.log1p(-v)) * notA };
}

/**
 * C(u, v) = 1 - S^(1/theta), S = a + b - ab, a = (1 - u)^theta, b = (1 - v)^theta, theta >= 1; upper tail 2 - 2^(1/theta);
 * tau = 1 + 4 / theta^2 integral over (0, 1) of x ln x (1 - x)^(2/theta - 2). Joe (1993).
 */
export const joe: CopulaFamily = {
  paramNames: ["theta"],
  ranges: [{ low: 1, high: 60 }],
  logDensity(u, v, params) {
    const theta = params[0]!;
    const { s } = terms(u, v, theta);
    return (
      (1 / theta - 2) * Math.log(s) +
      (theta - 1) * (Math.log1p(-u) + Math.log1p(-v)) +
      Math.log(theta - 1 + s)
    );
  },
  cdf: (u, v, params) => -Math.expm1(Math.log(terms(u, v, params[0]!).s) / params[0]!),
  conditional(u, v, params) {
    const theta = params[0]!;
    const { notA, s } = terms(u, v, theta);
    return Math.min(1, notA * Math.exp((1 / theta - 1) * Math.log(s) + (theta - 1) * Math.log1p(-v)));
  },
  conditionalQuantile: (p, v, params) => invertConditional(joe, p, v, params),
  tailDependence: (params) => ({ lower: 0, upper: 2 - 2 ** (1 / params[0]!) }),
  kendall(params) {
    const theta = params[0]!;
    const area = integrate((x, _, y) => x * Math.log1p(-y) * y ** (2 / theta - 2), 0, 1);
    return 1 + (4 / theta ** 2) * area;
  },
  start: (tau) => [invertIncreasing((theta) => joe.kendall([theta]), tau, 1, 60)],
};
