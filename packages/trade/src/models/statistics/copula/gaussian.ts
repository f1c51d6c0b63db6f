import { normalCdf } from "../../../core/normalCdf.ts";
import { normalQuantile } from "../../../core/normalQuantile.ts";
import type { CopulaFamily } from "./copula.ts";
import { bivariateNormalCdf } from "./ellipticalCdf.ts";

/**
 * C(u, v) = Phi2(x, y; rho), x = Phi^-1(u), y = Phi^-1(v); no tail dependence for |rho| < 1; tau = 2/pi asin rho.
 * Source of this and of the other families: Joe, Dependence Modeling with Copulas, 2014, chapter 4.
 */
export const gaussian: CopulaFamily = {
  paramNames: ["rho"],
  ranges: [{ low: -0.9999, high: 0.9999 }],
  logDensity(u, v, params) {
    const rho = params[0]!;
    const [x, y] = [normalQuantile(u), normalQuantile(v)];
    const rest = 1 - rho * rho;
    return -0.5 * Math.log(rest) - (rho * rho * (x * x + y * y) - 2 * rho * x * y) / (2 * rest);
  },
  cdf: (u, v, params) => bivariateNormalCdf(normalQuantile(u), normalQuantile(v), params[0]!),
  conditional(u, v, params) {
    const rho = params[0]!;
    return normalCdf((normalQuantile(u) - rho * normalQuantile(v)) / Math.sqrt(1 - rho * rho));
  },
  conditionalQuantile(p, v, params) {
    const rho = params[0]!;
    return normalCdf(normalQuantile(p) * Math.sqrt(1 - rho * rho) + rho * normalQuantile(v));
  },
  tailDependence: () => ({ lower: 0, upper: 0 }),
  kendall: (params) => (2 / Math.PI) * Math.asin(params[0]!),
  start: (tau) => [Math.sin((Math.PI / 2) * tau)],
};
