import gammaln from "@stdlib/math-base-special-gammaln";
import tCdf from "@stdlib/stats-base-dists-t-cdf";
import tQuantile from "@stdlib/stats-base-dists-t-quantile";
import type { CopulaFamily } from "./copula.ts";
import { bivariateTCdf } from "./ellipticalCdf.ts";

/**
 * C(u, v) = T2(x, y; rho, nu), x = T_nu^-1(u), y = T_nu^-1(v);
 * lower = upper tail dependence = 2 T_{nu+1}(-sqrt((nu + 1)(1 - rho)/(1 + rho))); tau = 2/pi asin rho.
 * Source: Demarta and McNeil, The t Copula and Related Copulas (2005).
 */
export const studentT: CopulaFamily = {
  paramNames: ["rho", "nu"],
  ranges: [
    { low: -0.9999, high: 0.9999 },
    { low: 1, high: 200 },
  ],
  logDensity: (u, v, params) =>
    densityOf(params[0]!, params[1]!)(tQuantile(u, params[1]!), tQuantile(v, params[1]!)),
  cdf: (u, v, params) =>
    bivariateTCdf(tQuantile(u, params[1]!), tQuantile(v, params[1]!), params[0]!, params[1]!),
  conditional(u, v, params) {
    const [rho, nu] = [params[0]!, params[1]!];
    const y = tQuantile(v, nu);
    const spread = Math.sqrt(((1 - rho * rho) * (nu + y * y)) / (nu + 1));
    return tCdf((tQuantile(u, nu) - rho * y) / spread, nu + 1);
  },
  conditionalQuantile(p, v, params) {
    const [rho, nu] = [params[0]!, params[1]!];
    const y = tQuantile(v, nu);
    const spread = Math.sqrt(((1 - rho * rho) * (nu + y * y)) / (nu + 1));
    return tCdf(tQuantile(p, nu + 1) * spread + rho * y, nu);
  },
  tailDependence(params) {
    const [rho, nu] = [params[0]!, params[1]!];
    const both = 2 * tCdf(-Math.sqrt(((nu + 1) * (1 - rho)) / (1 + rho)), nu + 1);
    return { lower: both, upper: both };
  },
  kendall: (params) => (2 / Math.PI) * Math.asin(params[0]!),
  start: (tau) => [Math.sin((Math.PI / 2) * tau), 8],
};

/** ln c at the quantiles x, y. */
function densityOf(rho: number, nu: number): (x: number, y: number) => number {
  const rest = 1 - rho * rho;
  const constant = densityConstant(rho, nu);
  return (x, y) => {
    const joint = (x * x - 2 * rho * x * y + y * y) / (nu * rest);
    const margins = Math.log1p((x * x) / nu) + Math.log1p((y * y) / nu);
    return constant - ((nu + 2) / 2) * Math.log1p(joint) + ((nu + 1) / 2) * margins;
  };
}

/** ln c at the quantiles 0, 0. */
export function densityConstant(rho: number, nu: number): number {
  return (
    gammaln((nu + 2) / 2) +
    gammaln(nu / 2) -
    2 * gammaln((nu + 1) / 2) -
    0.5 * Math.log((1 - rho) * (1 + rho))
  );
}
