import { LARGE_PRODUCT } from "../distributions/largeProduct.ts";
import type { GarchLayout, GarchSpec } from "./garchSpec.ts";
import { addProducts, type Path, type Recursion, sumOfProducts } from "./path.ts";

/**
 * h[t] = omega + sum (alpha_i + gamma_i [e[t-i] < 0]) e[t-i]^2 + sum beta_j h[t-j].
 * Forwards, its derivatives by every parameter:
 *   dh[t] = (1 | e^2 | e^2 [e < 0] | h) + 2 sum (alpha_i + gamma_i [e < 0]) e[t-i] de[t-i] + sum beta_j dh[t-j].
 * Backwards, the derivative of the log likelihood by h[t], all later rows that h[t] moves included:
 *   w[t] = -1/2 (1 + z[t] dln f/dz[t]) / h[t] + sum beta_j w[t+j];
 * then by omega it is sum w, by alpha_i sum w[t] e[t-i]^2, by beta_j sum w[t] h[t-j], and by e[t]
 *   dln f/dz[t] h[t]^-1/2 + 2 e[t] sum (alpha_i + gamma_i [e[t] < 0]) w[t+i].
 */
export function varianceRecursion(path: Path, { p, q }: GarchSpec, layout: GarchLayout): Recursion {
  const { e, de, h, scale, z, slopes, before, length, count, means, dSquares } = path;
  const { alpha, gamma, beta, omega } = layout;
  const rows = before + length;
  const hasSign = gamma >= 0;
  const square = new Float64Array(rows);
  const lower = new Float64Array(hasSign ? rows : 0);
  const byResidual = new Float64Array(rows);
  // the rows after the last move nothing
  const weight = new Float64Array(rows + before);
  const partsOf = (theta: Float64Array): [Float64Array, Float64Array, Float64Array] => [
    theta.subarray(alpha, alpha + p),
    hasSign ? theta.subarray(gamma, gamma + p) : new Float64Array(p),
    theta.subarray(beta, beta + q),
  ];
  return {
    forward(theta) {
      const [a, g, b] = partsOf(theta);
      for (let t = 0; t < rows; t++) square[t] = t < before ? path.squares : e[t]! * e[t]!;
      h.fill(path.squares, 0, before).fill(theta[omega]!, before);
      for (let i = 0; i < p; i++) addProducts(h, a[i]!, square, before, before - 1 - i);
      if (hasSign) {
        for (let t = 0; t < rows; t++)
          lower[t] = t < before ? 0.5 * path.squares : e[t]! < 0 ? square[t]! : 0;
        for (let i = 0; i < p; i++) addProducts(h, g[i]!, lower, before, before - 1 - i);
      }
      let [product, logs] = [1, 0];
      for (let t = before; t < rows; t++) {
        let variance = h[t]!;
        for (let j = 0; j < q; j++) variance += b[j]! * h[t - 1 - j]!;
        if (!(variance > 0 && variance < Number.POSITIVE_INFINITY)) return Number.NEGATIVE_INFINITY;
        h[t] = variance;
        scale[t] = 1 / Math.sqrt(variance);
        z[t - before] = e[t]! * scale[t]!;
        product *= variance;
        if (product > LARGE_PRODUCT || product < 1 / LARGE_PRODUCT) {
          logs += Math.log(product);
          product = 1;
        }
      }
      return -0.5 * (logs + Math.log(product));
    },
    backward(theta, gradient) {
      const [a, g, b] = partsOf(theta);
      let sum = 0;
      for (let t = rows - 1; t >= before; t--) {
        let w = -0.5 * (1 + slopes[t - before]! * z[t - before]!) * scale[t]! * scale[t]!;
        for (let j = 0; j < q; j++) w += b[j]! * weight[t + 1 + j]!;
        weight[t] = w;
        sum += w;
      }
      gradient[omega] = sum;
      for (let i = 0; i < p; i++) {
        gradient[alpha + i] = sumOfProducts(square, weight, before - 1 - i, before);
        if (hasSign) gradient[gamma + i] = sumOfProducts(lower, weight, before - 1 - i, before);
      }
      for (let j = 0; j < q; j++) gradient[beta + j] = sumOfProducts(h, weight, before - 1 - j, before);
      if (means === 0) return;
      for (let t = before; t < rows; t++) {
        let bySquare = 0;
        for (let i = 0; i < p; i++) {
          bySquare += (hasSign && e[t]! < 0 ? a[i]! + g[i]! : a[i]!) * weight[t + 1 + i]!;
        }
        byResidual[t] = slopes[t - before]! * scale[t]! + 2 * e[t]! * bySquare;
      }
      let byPresample = 0;
      for (let t = 0; t < before; t++) {
        for (let i = before - t - 1; i < p; i++) byPresample += (a[i]! + 0.5 * g[i]!) * weight[t + 1 + i]!;
        for (let j = before - t - 1; j < q; j++) byPresample += b[j]! * weight[t + 1 + j]!;
      }
      for (let k = 0; k < means; k++) {
        gradient[k] = sumOfProducts(byResidual, de[k]!, before, before) + byPresample * dSquares[k]!;
      }
    },
    varianceSlopes(theta) {
      const [a, g, b] = partsOf(theta);
      const dh = new Float64Array(rows * count);
      for (let t = 0; t < before; t++) dh.set(dSquares, t * count);
      for (let t = before; t < rows; t++) {
        const row = t * count;
        dh[row + omega] = 1;
        for (let i = 0; i < p; i++) {
          const then = t - 1 - i;
          dh[row + alpha + i] = square[then]!;
          if (hasSign) dh[row + gamma + i] = lower[then]!;
          const below = then < before ? 0.5 : e[then]! < 0 ? 1 : 0;
          for (let k = 0; k < means; k++) {
            const slope = then < before ? dSquares[k]! : 2 * e[then]! * de[k]![then]!;
            dh[row + k]! += (a[i]! + g[i]! * below) * slope;
          }
        }
        for (let j = 0; j < q; j++) {
          const then = t - 1 - j;
          for (let k = 0; k < beta + q; k++) dh[row + k]! += b[j]! * dh[then * count + k]!;
          dh[row + beta + j]! += h[then]!;
        }
      }
      return dh;
    },
  };
}
