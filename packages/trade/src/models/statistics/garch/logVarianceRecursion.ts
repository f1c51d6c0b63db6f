import type { GarchLayout, GarchSpec } from "./garchSpec.ts";
import { type Path, type Recursion, sumOfProducts } from "./path.ts";

/** E|z| of a normal z. */
export const MEAN_ABSOLUTE = Math.sqrt(2 / Math.PI);

/** A variance of exp(60) times the data's own is no variance: the recursion has run away. */
const HIGHEST = 60;

/**
 * x[t] = ln h[t] = omega + sum (alpha_i (|z[t-i]| - sqrt(2/pi)) + gamma_i z[t-i]) + sum beta_j x[t-j], z = e exp(-x/2).
 * Forwards, the derivatives by every parameter, dh = h dx:
 *   dx[t] = (1 | |z| - sqrt(2/pi) | z | x) + sum (alpha_i sign z + gamma_i) dz[t-i] + sum beta_j dx[t-j],
 *   dz[t] = de[t] exp(-x[t]/2) - z[t] dx[t] / 2.
 * Backwards, the derivatives of the log likelihood by z[t] and by x[t], all later rows included:
 *   v[t] = dln f/dz[t] + sum (alpha_i sign z[t] + gamma_i) w[t+i],  w[t] = -1/2 - 1/2 z[t] v[t] + sum beta_j w[t+j];
 * then by omega it is sum w, by alpha_i sum w[t] (|z[t-i]| - sqrt(2/pi)), by gamma_i sum w[t] z[t-i], by beta_j sum w[t] x[t-j],
 * and by e[t] v[t] exp(-x[t]/2).
 */
export function logVarianceRecursion(path: Path, { p, q }: GarchSpec, layout: GarchLayout): Recursion {
  const { e, de, h, scale, z, slopes, before, length, count, means, dSquares } = path;
  const { alpha, gamma, beta, omega } = layout;
  const rows = before + length;
  const logs = new Float64Array(rows);
  // z, and |z| less its mean: nothing before the first row
  const signed = new Float64Array(rows);
  const size = new Float64Array(rows);
  const byResidual = new Float64Array(rows);
  // the rows after the last move nothing
  const weight = new Float64Array(rows + before);
  const partsOf = (theta: Float64Array): [Float64Array, Float64Array, Float64Array] => [
    theta.subarray(alpha, alpha + p),
    theta.subarray(gamma, gamma + p),
    theta.subarray(beta, beta + q),
  ];
  return {
    forward(theta) {
      const [a, g, b] = partsOf(theta);
      const level = Math.log(path.squares);
      h.fill(path.squares, 0, before);
      logs.fill(level, 0, before);
      const constant = theta[omega]!;
      let sum = 0;
      for (let t = before; t < rows; t++) {
        let x = constant;
        for (let i = 0; i < p; i++) x += a[i]! * size[t - 1 - i]! + g[i]! * signed[t - 1 - i]!;
        for (let j = 0; j < q; j++) x += b[j]! * logs[t - 1 - j]!;
        if (!(Math.abs(x - level) < HIGHEST)) return Number.NEGATIVE_INFINITY;
        logs[t] = x;
        sum += x;
        const inverse = Math.exp(-0.5 * x);
        scale[t] = inverse;
        h[t] = 1 / (inverse * inverse);
        const standard = e[t]! * inverse;
        z[t - before] = standard;
        signed[t] = standard;
        size[t] = Math.abs(standard) - MEAN_ABSOLUTE;
      }
      return -0.5 * sum;
    },
    backward(theta, gradient) {
      const [a, g, b] = partsOf(theta);
      let sum = 0;
      for (let t = rows - 1; t >= before; t--) {
        const side = Math.sign(e[t]!);
        let v = slopes[t - before]!;
        for (let i = 0; i < p; i++) v += (a[i]! * side + g[i]!) * weight[t + 1 + i]!;
        let w = -0.5 - 0.5 * z[t - before]! * v;
        for (let j = 0; j < q; j++) w += b[j]! * weight[t + 1 + j]!;
        weight[t] = w;
        sum += w;
        byResidual[t] = v * scale[t]!;
      }
      gradient[omega] = sum;
      for (let i = 0; i < p; i++) {
        gradient[alpha + i] = sumOfProducts(size, weight, before - 1 - i, before);
        gradient[gamma + i] = sumOfProducts(signed, weight, before - 1 - i, before);
      }
      for (let j = 0; j < q; j++) gradient[beta + j] = sumOfProducts(logs, weight, before - 1 - j, before);
      let byLevel = 0;
      for (let t = 0; t < before; t++) {
        for (let j = before - t - 1; j < q; j++) byLevel += b[j]! * weight[t + 1 + j]!;
      }
      for (let k = 0; k < means; k++) {
        gradient[k] =
          sumOfProducts(byResidual, de[k]!, before, before) + (byLevel * dSquares[k]!) / path.squares;
      }
    },
    varianceSlopes(theta) {
      const [a, g, b] = partsOf(theta);
      const dh = new Float64Array(rows * count);
      const dz = new Float64Array(rows * count);
      const used = beta + q;
      for (let t = 0; t < before; t++) {
        for (let k = 0; k < means; k++) dh[t * count + k] = dSquares[k]! / path.squares;
      }
      for (let t = before; t < rows; t++) {
        const row = t * count;
        dh[row + omega] = 1;
        for (let i = 0; i < p; i++) {
          const then = t - 1 - i;
          dh[row + alpha + i]! += size[then]!;
          dh[row + gamma + i]! += signed[then]!;
          const pull = a[i]! * Math.sign(signed[then]!) + g[i]!;
          for (let k = 0; k < used; k++) dh[row + k]! += pull * dz[then * count + k]!;
        }
        for (let j = 0; j < q; j++) {
          const then = t - 1 - j;
          for (let k = 0; k < used; k++) dh[row + k]! += b[j]! * dh[then * count + k]!;
          dh[row + beta + j]! += logs[then]!;
        }
        for (let k = 0; k < used; k++) {
          const byResidual = k < means ? de[k]![t]! * scale[t]! : 0;
          dz[row + k] = byResidual - 0.5 * signed[t]! * dh[row + k]!;
        }
      }
      for (let t = before; t < rows; t++) {
        for (let k = 0; k < used; k++) dh[t * count + k]! *= h[t]!;
      }
      return dh;
    },
  };
}
