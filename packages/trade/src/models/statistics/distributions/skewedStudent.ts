import tCdf from "@stdlib/stats-base-dists-t-cdf";
import type { Innovation } from "./innovation.ts";
import { LARGE_PRODUCT } from "./largeProduct.ts";
import { DEGREES, logScale, logScaleSlope, student, studentTailMean } from "./student.ts";

/** c, a and b of Hansen's density. */
function constants(v: number, skew: number): { c: number; a: number; b: number } {
  const c = Math.exp(logScale(v));
  const a = (4 * skew * c * (v - 2)) / (v - 1);
  return { c, a, b: Math.sqrt(1 + 3 * skew * skew - a * a) };
}

/** The same and ln (b c), with what their derivatives by v and by the skewness are made of. */
function derivatives(shape: ArrayLike<number>) {
  const [v, skew] = [shape[0]!, shape[1]!];
  const { c, a, b } = constants(v, skew);
  const slope = logScaleSlope(v);
  const aByV = 4 * skew * c * ((slope * (v - 2)) / (v - 1) + 1 / (v - 1) ** 2);
  const aBySkew = (4 * c * (v - 2)) / (v - 1);
  return {
    v,
    skew,
    a,
    b,
    constant: Math.log(b * c),
    slope,
    aByV,
    aBySkew,
    bByV: (-a * aByV) / b,
    bBySkew: (3 * skew - a * aBySkew) / b,
  };
}

/**
 * Hansen's skewed t, mean 0 and variance 1, v > 2 degrees of freedom (nu), skewness -1 < l < 1 (lambda, below 0: the
 * long tail is that of losses):
 *   f(z) = b c (1 + y^2 / (v - 2))^(-(v + 1)/2),  y = (b z + a) / (1 - l) where z < -a/b, (b z + a) / (1 + l) elsewhere,
 *   a = 4 l c (v - 2)/(v - 1),  b^2 = 1 + 3 l^2 - a^2,  c as in `student`.
 * Source: Hansen, Autoregressive Conditional Density Estimation, International Economic Review 35 (1994).
 */
export const skewedStudent: Innovation = {
  shapeNames: ["nu", "lambda"],
  shapes: [DEGREES, { start: 0, low: -1, high: 1 }],
  logDensity(shape) {
    const { v, skew, a, b, constant, slope, aByV, aBySkew, bByV, bBySkew } = derivatives(shape);
    const mode = -a / b;
    return (z, out) => {
      const side = z < mode ? -1 : 1;
      const width = 1 + side * skew;
      const y = (b * z + a) / width;
      const square = y * y;
      const log = Math.log1p(square / (v - 2));
      const pull = (-(v + 1) * y) / (v - 2 + square);
      out[0] = constant - 0.5 * (v + 1) * log;
      out[1] = (pull * b) / width;
      out[2] = bByV / b + slope - 0.5 * log - (0.5 * pull * y) / (v - 2) + (pull * (bByV * z + aByV)) / width;
      out[3] = bBySkew / b + pull * ((bBySkew * z + aBySkew) / width - (side * y) / width);
    };
  },
  logDensitySum(shape) {
    const { v, skew, a, b, constant, slope, aByV, aBySkew, bByV, bBySkew } = derivatives(shape);
    const [rest, inverse, left, right] = [v - 2, 1 / (v - 2), 1 / (1 - skew), 1 / (1 + skew)];
    return (z, slopes, byShape) => {
      let [product, logs, pulled, pulls, pullsZ, pullsY] = [1, 0, 0, 0, 0, 0];
      for (let t = 0; t < z.length; t++) {
        const x = b * z[t]! + a;
        const isLeft = x < 0;
        const over = isLeft ? left : right;
        const y = x * over;
        const square = y * y;
        const sum = rest + square;
        product *= sum * inverse;
        if (product > LARGE_PRODUCT) {
          logs += Math.log(product);
          product = 1;
        }
        const pull = (-(v + 1) * y) / sum;
        const pullOver = pull * over;
        slopes[t] = pullOver * b;
        pulled += pull * y;
        pulls += pullOver;
        pullsZ += pullOver * z[t]!;
        pullsY += isLeft ? -pullOver * y : pullOver * y;
      }
      logs += Math.log(product);
      const n = z.length;
      byShape[0] = n * (bByV / b + slope) - 0.5 * logs - (0.5 * pulled) / rest + bByV * pullsZ + aByV * pulls;
      byShape[1] = (n * bBySkew) / b + bBySkew * pullsZ + aBySkew * pulls - pullsY;
      return n * constant - 0.5 * (v + 1) * logs;
    };
  },
  cdf(z, shape) {
    const [v, skew] = [shape[0]!, shape[1]!];
    const { a, b } = constants(v, skew);
    const [left, right] = [1 - skew, 1 + skew];
    if (z < -a / b) return left * student.cdf((b * z + a) / left, [v]);
    return left / 2 + right * (student.cdf((b * z + a) / right, [v]) - 0.5);
  },
  quantile(p, shape) {
    if (!(p > 0 && p < 1)) return Number.NaN;
    const [v, skew] = [shape[0]!, shape[1]!];
    const { a, b } = constants(v, skew);
    const [left, right] = [1 - skew, 1 + skew];
    const y =
      p < left / 2
        ? left * student.quantile(p / left, [v])
        : right * student.quantile(0.5 + (p - left / 2) / right, [v]);
    return (y - a) / b;
  },
  // left of the mode the density is that of a Student t; right of it E[z] = 0 gives the rest from the mirror image
  tailMean(p, shape) {
    const [v, skew] = [shape[0]!, shape[1]!];
    const left = 1 - skew;
    if (p > left / 2) return ((1 - p) / p) * skewedStudent.tailMean(1 - p, [v, -skew]);
    const { a, b } = constants(v, skew);
    return (left * studentTailMean(p / left, v) - a) / b;
  },
  lowerSquare(shape) {
    const [v, skew] = [shape[0]!, shape[1]!];
    if (skew > 0) return 1 - skewedStudent.lowerSquare([v, -skew]);
    const { a, b } = constants(v, skew);
    const left = 1 - skew;
    // z < 0 lies left of the mode: z = (left y - a) / b, y a Student t of variance 1 below a / left
    const end = a / left;
    const mass = student.cdf(end, [v]);
    if (mass === 0) return 0;
    const x = end * Math.sqrt(v / (v - 2));
    // E[y^2 1(y < end)]: of an unscaled t, v ((v - 1)/(v - 2) F(x sqrt((v - 2)/v); v - 2) - F(x; v))
    const squares = (v - 1) * tCdf(end, v - 2) - (v - 2) * tCdf(x, v);
    const mean = mass * studentTailMean(mass, v);
    return (left * (left * left * squares - 2 * left * a * mean + a * a * mass)) / (b * b);
  },
};
