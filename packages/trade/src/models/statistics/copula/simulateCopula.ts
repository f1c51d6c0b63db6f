import type { Random } from "../../../core/random.ts";
import type { CopulaFamily } from "./copula.ts";

/** n pairs of a copula: v uniform, u the conditional quantile of another uniform number (Joe 2014, 6.9.1). */
export function simulateCopula(
  family: CopulaFamily,
  params: ArrayLike<number>,
  length: number,
  random: Random,
): { u: Float64Array; v: Float64Array } {
  const u = new Float64Array(length);
  const v = new Float64Array(length);
  // neither end belongs to the range
  const inside = (): number => {
    for (;;) {
      const p = random.next();
      if (p > 0) return p;
    }
  };
  for (let i = 0; i < length; i++) {
    v[i] = inside();
    u[i] = family.conditionalQuantile(inside(), v[i]!, params);
  }
  return { u, v };
}
