import { integrate } from "../optimise/integrate.ts";
import { type CopulaFamily, invertIncreasing } from "./copula.ts";

/** 1 - exp(-x). */
const rise = (x: number): number => -Math.expm1(-x);

/** (1 - e^-t) - (1 - e^-tu)(1 - e^-tv) as a sum of terms above 0, t > 0. */
function rest(u: number, v: number, theta: number): number {
  return Math.exp(-theta * u) * rise(theta * v) + Math.exp(-theta * v) * rise(theta * (1 - v));
}

/**
 * C(u, v) = -ln(1 - (1 - e^-tu)(1 - e^-tv) / (1 - e^-t)) / t, t = theta != 0; no tail dependence;
 * tau = 1 - 4 (1 - D(t)) / t, D(t) = integral over (0, t) of s / (e^s - 1) / t. Frank (1979); Genest (1987).
 * theta < 0 is the mirror image: C(u, v; -t) = v - C(1 - u, v; t). theta = 0 is independence.
 */
export const frank: CopulaFamily = {
  paramNames: ["theta"],
  ranges: [{ low: -100, high: 100 }],
  logDensity(u, v, params) {
    const theta = params[0]!;
    if (Math.abs(theta) < 1e-8) return 0;
    if (theta < 0) return frank.logDensity(1 - u, v, [-theta]);
    return Math.log(theta) + Math.log(rise(theta)) - theta * (u + v) - 2 * Math.log(rest(u, v, theta));
  },
  cdf(u, v, params) {
    const theta = params[0]!;
    if (Math.abs(theta) < 1e-8) return u * v;
    if (theta < 0) return v - frank.cdf(1 - u, v, [-theta]);
    return (Math.log(rise(theta)) - Math.log(rest(u, v, theta))) / theta;
  },
  conditional(u, v, params) {
    const theta = params[0]!;
    if (Math.abs(theta) < 1e-8) return u;
    if (theta < 0) return 1 - frank.conditional(1 - u, v, [-theta]);
    return (Math.exp(-theta * v) * rise(theta * u)) / rest(u, v, theta);
  },
  conditionalQuantile(p, v, params) {
    const theta = params[0]!;
    if (Math.abs(theta) < 1e-8) return p;
    if (theta < 0) return 1 - frank.conditionalQuantile(1 - p, v, [-theta]);
    const odds = ((1 - p) / p) * Math.exp(-theta * v);
    return (Math.log1p(odds) - Math.log(odds + Math.exp(-theta))) / theta;
  },
  tailDependence: () => ({ lower: 0, upper: 0 }),
  kendall(params) {
    const theta = params[0]!;
    const size = Math.abs(theta);
    // tau = t/9 - t^3/900 + ... near 0
    if (size < 1e-3) return theta / 9;
    const debye = integrate((s) => s / Math.expm1(s), 0, size) / size;
    return Math.sign(theta) * (1 - (4 / size) * (1 - debye));
  },
  start: (tau) => [invertIncreasing((theta) => frank.kendall([theta]), tau, -90, 90)],
};
