import { LARGE_PRODUCT } from "../distributions/largeProduct.ts";
import { studentQuantiles } from "../distributions/studentQuantiles.ts";
import { densityConstant } from "./studentT.ts";

/** 1 - p of a probability is off by less: it is the same one seen from the other side. */
const ROUNDING = 1e-15;

/**
 * Log pseudo-likelihood of the t copula (`densityOf`) as a function of [rho, nu]. Ranks take few values, alike in both margins and
 * on both sides of the middle: their quantiles are found once for each nu and not once for each pair.
 */
export function quantileLikelihood(u: Float64Array, v: Float64Array): (params: ArrayLike<number>) => number {
  const n = u.length;
  const sorted = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    sorted[i] = Math.min(u[i]!, 1 - u[i]!);
    sorted[n + i] = Math.min(v[i]!, 1 - v[i]!);
  }
  sorted.sort();
  const values = sorted.filter((p, i) => i === 0 || p - sorted[i - 1]! > ROUNDING);
  const [placeU, placeV] = [placesOf(u, values), placesOf(v, values)];
  const quantilesAt = studentQuantiles(values);
  const [x, y] = [new Float64Array(n), new Float64Array(n)];
  let of = Number.NaN;
  return (params) => {
    const [rho, nu] = [params[0]!, params[1]!];
    if (nu !== of) {
      const below = quantilesAt(nu);
      for (let i = 0; i < n; i++) {
        x[i] = u[i]! > 0.5 ? -below[placeU[i]!]! : below[placeU[i]!]!;
        y[i] = v[i]! > 0.5 ? -below[placeV[i]!]! : below[placeV[i]!]!;
      }
      of = nu;
    }
    const rest = 1 / (nu * (1 - rho * rho));
    const inverse = 1 / nu;
    let [joint, margins, jointLogs, marginLogs] = [1, 1, 0, 0];
    for (let i = 0; i < n; i++) {
      const [a, b] = [x[i]!, y[i]!];
      const [a2, b2] = [a * a, b * b];
      joint *= 1 + (a2 - 2 * rho * a * b + b2) * rest;
      margins *= (1 + a2 * inverse) * (1 + b2 * inverse);
      if (joint > LARGE_PRODUCT) {
        jointLogs += Math.log(joint);
        joint = 1;
      }
      if (margins > LARGE_PRODUCT) {
        marginLogs += Math.log(margins);
        margins = 1;
      }
    }
    jointLogs += Math.log(joint);
    marginLogs += Math.log(margins);
    return n * densityConstant(rho, nu) - ((nu + 2) / 2) * jointLogs + ((nu + 1) / 2) * marginLogs;
  };
}

/** Index in `values` of each probability, or of 1 less it. */
function placesOf(column: Float64Array, values: Float64Array): Int32Array {
  return Int32Array.from(column, (probability) => {
    const p = Math.min(probability, 1 - probability);
    let [low, high] = [0, values.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (values[middle]! <= p) low = middle;
      else high = middle - 1;
    }
    return low;
  });
}
