import { z } from "zod";
import { innovations } from "../distributions/innovations.ts";

/**
 * What is fitted to a return r[t] = m[t] + e[t], e[t] = sqrt(h[t]) z[t], z independent with mean 0 and variance 1:
 *   mean   zero: m = 0; constant: m = mu; ar: m[t] = mu + sum ar_i r[t-i], i = 1..arLags
 *   kind   garch: h[t] = omega + sum alpha_i e[t-i]^2 + sum beta_j h[t-j]      (Bollerslev 1986)
 *          gjr:   the same + sum gamma_i e[t-i]^2 where e[t-i] < 0                 (Glosten, Jagannathan, Runkle 1993)
 *          egarch: ln h[t] = omega + sum (alpha_i (|z[t-i]| - sqrt(2/pi)) + gamma_i z[t-i]) + sum beta_j ln h[t-j]  (Nelson 1991)
 *   dist   of z: normal, t, skewt (Hansen 1994)
 * i = 1..p, j = 1..q. sqrt(2/pi), E|z| of a normal z, stands for every distribution: omega takes up the difference.
 */
export const garchSpec = z.strictObject({
  kind: z.enum(["garch", "gjr", "egarch"]).default("garch"),
  /** lags of the residual */
  p: z.int().min(1).max(5).default(1),
  /** lags of the variance */
  q: z.int().min(0).max(5).default(1),
  mean: z.enum(["zero", "constant", "ar"]).default("constant"),
  arLags: z.int().min(1).max(20).default(1),
  dist: z.enum(Object.keys(innovations) as [keyof typeof innovations]).default("normal"),
});
export type GarchSpec = z.output<typeof garchSpec>;
export type GarchOptions = z.input<typeof garchSpec>;

/** Where each parameter stands in the vector of all: mean, omega, alpha, gamma, beta, shape. */
export interface GarchLayout {
  readonly names: readonly string[];
  readonly count: number;
  readonly hasMean: boolean;
  readonly arLags: number;
  /** index of omega: the number of parameters of the mean */
  readonly omega: number;
  readonly alpha: number;
  /** -1 where the kind has none */
  readonly gamma: number;
  readonly beta: number;
  readonly shape: number;
}

export function layoutOf(spec: GarchSpec): GarchLayout {
  const { kind, p, q, mean, dist } = spec;
  const arLags = mean === "ar" ? spec.arLags : 0;
  const hasMean = mean !== "zero";
  const numbered = (name: string, n: number): string[] =>
    Array.from({ length: n }, (_, i) => `${name}${i + 1}`);
  const names = [...(hasMean ? ["mu"] : []), ...numbered("ar", arLags), "omega", ...numbered("alpha", p)];
  const omega = names.indexOf("omega");
  const gamma = kind === "garch" ? -1 : names.length;
  if (gamma >= 0) names.push(...numbered("gamma", p));
  const beta = names.length;
  names.push(...numbered("beta", q));
  const shape = names.length;
  names.push(...innovations[dist].shapeNames);
  return { names, count: names.length, hasMean, arLags, omega, alpha: omega + 1, gamma, beta, shape };
}
