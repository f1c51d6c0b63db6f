import { kendallTau } from "./copula/kendallTau.ts";
import { pseudoObservations } from "./copula/pseudoObservations.ts";
import { quantileLikelihood } from "./copula/quantileLikelihood.ts";
import { studentT } from "./copula/studentT.ts";

/** Highest and lowest degrees of freedom that are looked at. */
const RANGE = { low: 1.5, high: 150 };

export interface TailEstimate {
  readonly rho: number;
  readonly nu: number;
  /** of both tails: a t copula is symmetric */
  readonly dependence: number;
}

/**
 * Tail dependence by a t copula in the quick way: rho = sin(pi tau / 2) from Kendall's tau, then nu at the highest pseudo-likelihood
 * by golden section in 1/nu (to 4e-3, a tenth of its usual error). No standard errors; `fitCopula` has them.
 * Source: Mashal and Zeevi (2002); McNeil, Frey and Embrechts, Quantitative Risk Management, 2005, 5.5.1.
 * @returns null where tau is not defined or 1 or -1
 */
export function quickTailDependence(x: ArrayLike<number>, y: ArrayLike<number>): TailEstimate | null {
  const tau = kendallTau(x, y);
  if (!(Math.abs(tau) < 1 - 1e-9)) return null;
  const rho = Math.max(-0.999, Math.min(0.999, Math.sin((Math.PI / 2) * tau)));
  const likelihood = quantileLikelihood(pseudoObservations(x), pseudoObservations(y));
  const of = (inverse: number): number => likelihood([rho, 1 / inverse]);
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [1 / RANGE.high, 1 / RANGE.low];
  let [c, d] = [b - golden * (b - a), a + golden * (b - a)];
  let [atC, atD] = [of(c), of(d)];
  while (b - a > 4e-3) {
    if (atC > atD) {
      [b, d, atD] = [d, c, atC];
      c = b - golden * (b - a);
      atC = of(c);
    } else {
      [a, c, atC] = [c, d, atD];
      d = a + golden * (b - a);
      atD = of(d);
    }
  }
  const nu = 2 / (a + b);
  return { rho, nu, dependence: studentT.tailDependence([rho, nu]).lower };
}
