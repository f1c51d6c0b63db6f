import { innovations } from "../distributions/innovations.ts";
import { type GarchLayout, type GarchSpec, layoutOf } from "./garchSpec.ts";

/**
 * Three sets of coordinates of one model.
 *   theta: the parameters as they are told.
 *   u: linear in theta, each with a bound of its own. Mean, omega and shape are theirs; of garch the weights w are alpha and
 *      beta; of gjr  w = alpha/2 and (alpha + gamma)/2 for each lag, and beta: then sum w is the persistence under a
 *      symmetric z. w >= 0 keeps the variance positive, sum w < 1 stationary. Of egarch u is theta: nothing is bounded.
 *   x: free. omega = exp x, w_i = exp x_i / (1 + sum exp x_j), shape = low + (high - low) / (1 + exp -x).
 */
export interface GarchCoordinates {
  readonly layout: GarchLayout;
  /** indices in u of the weights; empty for egarch */
  readonly weights: readonly number[];
  toU(x: ArrayLike<number>): Float64Array;
  toX(u: ArrayLike<number>): Float64Array;
  toTheta(u: ArrayLike<number>): Float64Array;
  /** d theta / d u, constant */
  readonly slopes: readonly (readonly number[])[];
  /** gradient by u from that by theta */
  gradientU(byTheta: Float64Array): Float64Array;
  /** gradient by x from that by u, at u */
  gradientX(byU: Float64Array, u: Float64Array): Float64Array;
}

export function garchCoordinates(spec: GarchSpec): GarchCoordinates {
  const layout = layoutOf(spec);
  const { count, omega, alpha, gamma, shape } = layout;
  const bounded = spec.kind !== "egarch";
  const weights = bounded ? Array.from({ length: shape - alpha }, (_, i) => alpha + i) : [];
  const slopes = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j): number => (i === j ? 1 : 0)),
  );
  if (spec.kind === "gjr") {
    for (let i = 0; i < spec.p; i++) {
      slopes[alpha + i]![alpha + i] = 2;
      slopes[gamma + i]![alpha + i] = -2;
      slopes[gamma + i]![gamma + i] = 2;
    }
  }
  const { shapes } = innovations[spec.dist];
  const range = (k: number): { low: number; high: number } => shapes[k - shape]!;
  return {
    layout,
    weights,
    slopes,
    toU(x) {
      const u = Float64Array.from(x);
      if (bounded) {
        u[omega] = Math.exp(x[omega]!);
        const top = Math.max(0, ...weights.map((k) => x[k]!));
        let sum = Math.exp(-top);
        for (const k of weights) sum += Math.exp(x[k]! - top);
        for (const k of weights) u[k] = Math.exp(x[k]! - top) / sum;
      }
      for (let k = shape; k < count; k++) {
        const { low, high } = range(k);
        u[k] = low + (high - low) / (1 + Math.exp(-x[k]!));
      }
      return u;
    },
    toX(u) {
      const x = Float64Array.from(u);
      if (bounded) {
        x[omega] = Math.log(u[omega]!);
        const rest = 1 - weights.reduce((sum, k) => sum + u[k]!, 0);
        for (const k of weights) x[k] = Math.log(u[k]! / rest);
      }
      for (let k = shape; k < count; k++) {
        const { low, high } = range(k);
        x[k] = Math.log((u[k]! - low) / (high - u[k]!));
      }
      return x;
    },
    toTheta: (u) => Float64Array.from(slopes, (row) => row.reduce((sum, s, j) => sum + s * u[j]!, 0)),
    gradientU(byTheta) {
      if (spec.kind !== "gjr") return byTheta;
      return Float64Array.from(slopes, (_, j) =>
        slopes.reduce((sum, row, i) => sum + row[j]! * byTheta[i]!, 0),
      );
    },
    gradientX(byU, u) {
      const byX = Float64Array.from(byU);
      if (bounded) {
        byX[omega] = byU[omega]! * u[omega]!;
        const mean = weights.reduce((sum, k) => sum + u[k]! * byU[k]!, 0);
        for (const k of weights) byX[k] = u[k]! * (byU[k]! - mean);
      }
      for (let k = shape; k < count; k++) {
        const { low, high } = range(k);
        byX[k] = (byU[k]! * (u[k]! - low) * (high - u[k]!)) / (high - low);
      }
      return byX;
    },
  };
}
