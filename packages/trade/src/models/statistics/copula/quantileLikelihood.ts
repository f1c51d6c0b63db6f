import { studentQuantiles } from "../distributions/studentQuantiles.ts";
import { densityOf } from "./studentT.ts";

/**
 * Log pseudo-likelihood of the t copula as a function of [rho, nu]. Ranks take few values, alike in both margins and on both sides
 * of the middle: their quantiles are found once for each nu and not once for each pair.
 */
export function quantileLikelihood(u: Float64Array, v: Float64Array): (params: ArrayLike<number>) => number {
  const values = [...new Set([...u, ...v].map((p) => Math.min(p, 1 - p)))].sort((a, b) => a - b);
  const place = new Map(values.map((p, i) => [p, i]));
  const placesOf = (column: Float64Array): Int32Array =>
    Int32Array.from(column, (p) => place.get(Math.min(p, 1 - p))!);
  const [placeU, placeV] = [placesOf(u), placesOf(v)];
  let below = new Float64Array(values.length);
  let of = Number.NaN;
  return (params) => {
    const [rho, nu] = [params[0]!, params[1]!];
    if (nu !== of) {
      below = studentQuantiles(values, nu);
      of = nu;
    }
    const logDensity = densityOf(rho, nu);
    let sum = 0;
    for (let i = 0; i < u.length; i++) {
      const x = u[i]! > 0.5 ? -below[placeU[i]!]! : below[placeU[i]!]!;
      const y = v[i]! > 0.5 ? -below[placeV[i]!]! : below[placeV[i]!]!;
      sum += logDensity(x, y);
    }
    return sum;
  };
}
