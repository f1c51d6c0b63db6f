import type { CopulaFamily } from "./copula.ts";

/** Degrees by which a density is turned: 90 c(1-u, v), 180 c(1-u, 1-v), 270 c(u, 1-v). */
export type Rotation = 90 | 180 | 270;

/**
 * A family turned: 180 (survival) has its tails swapped, 90 and 270 describe negative dependence and have no tail dependence in
 * the two corners where both are low or both high.
 *   90: C(u, v) = v - C0(1-u, v);  180: u + v - 1 + C0(1-u, 1-v);  270: u - C0(u, 1-v).
 */
export function rotate(family: CopulaFamily, rotation: Rotation): CopulaFamily {
  const turnsU = rotation !== 270;
  const turnsV = rotation !== 90;
  const sign = rotation === 180 ? 1 : -1;
  const first = (u: number): number => (turnsU ? 1 - u : u);
  const second = (v: number): number => (turnsV ? 1 - v : v);
  return {
    paramNames: family.paramNames,
    ranges: family.ranges,
    logDensity: (u, v, params) => family.logDensity(first(u), second(v), params),
    cdf(u, v, params) {
      const c = family.cdf(first(u), second(v), params);
      const outer = rotation === 180 ? u + v - 1 : rotation === 90 ? v : u;
      return Math.max(0, outer + sign * c);
    },
    conditional: (u, v, params) => first(family.conditional(first(u), second(v), params)),
    conditionalQuantile: (p, v, params) => first(family.conditionalQuantile(first(p), second(v), params)),
    tailDependence(params) {
      if (rotation !== 180) return { lower: 0, upper: 0 };
      const { lower, upper } = family.tailDependence(params);
      return { lower: upper, upper: lower };
    },
    kendall: (params) => sign * family.kendall(params),
    start: (tau) => family.start(sign * tau),
  };
}
