import gammaln from "@stdlib/math-base-special-gammaln";
import tCdf from "@stdlib/stats-base-dists-t-cdf";
import tQuantile from "@stdlib/stats-base-dists-t-quantile";
import { digamma } from "./digamma.ts";
import type { Innovation } from "./innovation.ts";
import { LARGE_PRODUCT } from "./largeProduct.ts";

/** Degrees of freedom of a fit: the variance needs more than 2; from 300 on it is a normal distribution in all but name. */
export const DEGREES = { start: 8, low: 2.05, high: 300 } as const;

/** ln c of c = Gamma((v + 1)/2) / (sqrt(pi (v - 2)) Gamma(v/2)). */
export function logScale(v: number): number {
  return gammaln((v + 1) / 2) - gammaln(v / 2) - 0.5 * Math.log(Math.PI * (v - 2));
}

/** d ln c / dv. */
export function logScaleSlope(v: number): number {
  return 0.5 * (digamma((v + 1) / 2) - digamma(v / 2)) - 0.5 / (v - 2);
}

/** E[y | y <= q], F(q) = p, of Student's t scaled to variance 1: -c (v - 2 + q^2) / (v - 1) (1 + q^2/(v-2))^(-(v+1)/2) / p. */
export function studentTailMean(p: number, v: number): number {
  const q = student.quantile(p, [v]);
  const density = Math.exp(logScale(v) - ((v + 1) / 2) * Math.log1p((q * q) / (v - 2)));
  return (-density * (v - 2 + q * q)) / (v - 1) / p;
}

/**
 * Student's t with v > 2 degrees of freedom, scaled to variance 1:
 * f(z) = c (1 + z^2 / (v - 2))^(-(v + 1)/2), c as in `logScale`. Bollerslev (1987).
 */
export const student: Innovation = {
  shapeNames: ["nu"],
  shapes: [DEGREES],
  logDensity(shape) {
    const v = shape[0]!;
    const constant = logScale(v);
    const slope = logScaleSlope(v);
    return (z, out) => {
      const square = z * z;
      const log = Math.log1p(square / (v - 2));
      const over = (v + 1) / (v - 2 + square);
      out[0] = constant - 0.5 * (v + 1) * log;
      out[1] = -over * z;
      out[2] = slope - 0.5 * log + (0.5 * over * square) / (v - 2);
    };
  },
  logDensitySum(shape) {
    const v = shape[0]!;
    const rest = v - 2;
    const inverse = 1 / rest;
    return (z, slopes, byShape) => {
      let [product, logs, pulled] = [1, 0, 0];
      for (let t = 0; t < z.length; t++) {
        const square = z[t]! * z[t]!;
        const sum = rest + square;
        product *= sum * inverse;
        if (product > LARGE_PRODUCT) {
          logs += Math.log(product);
          product = 1;
        }
        const pull = (-(v + 1) * z[t]!) / sum;
        slopes[t] = pull;
        pulled += pull * z[t]!;
      }
      logs += Math.log(product);
      byShape[0] = z.length * logScaleSlope(v) - 0.5 * logs - (0.5 * pulled) / rest;
      return z.length * logScale(v) - 0.5 * (v + 1) * logs;
    };
  },
  cdf: (z, shape) => tCdf(z * Math.sqrt(shape[0]! / (shape[0]! - 2)), shape[0]!),
  quantile: (p, shape) =>
    p > 0 && p < 1 ? tQuantile(p, shape[0]!) * Math.sqrt((shape[0]! - 2) / shape[0]!) : Number.NaN,
  tailMean: (p, shape) => studentTailMean(p, shape[0]!),
  lowerSquare: () => 0.5,
};
