import { UsageError } from "../core/errors.ts";
import { normalCdf } from "../core/normalCdf.ts";
import { normalQuantile } from "../core/normalQuantile.ts";

/** A Sharpe ratio per period (not annualised) with what its error depends on. */
export interface SharpeEstimate {
  readonly sharpe: number;
  /** number of returns */
  readonly n: number;
  readonly skewness: number;
  /** 3 for a normal distribution */
  readonly kurtosis: number;
}

/**
 * Standard error of a Sharpe ratio per period: sqrt((1 - g3 SR + (g4 - 1)/4 SR^2) / (n - 1)), g3 skewness, g4
 * kurtosis. Mertens (2002); Lo (2002) is the case of normal returns. Multiply by sqrt(periods a year) to annualise.
 */
export function sharpeStandardError({ sharpe, n, skewness, kurtosis }: SharpeEstimate): number {
  return Math.sqrt(variationOf({ sharpe, n, skewness, kurtosis }) / (n - 1));
}

/**
 * Probability that the true Sharpe ratio exceeds `benchmark` (per period):
 * Phi((SR - benchmark) sqrt(n - 1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2)).
 * Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012).
 */
export function probabilisticSharpe(estimate: SharpeEstimate, benchmark = 0): number {
  return normalCdf((estimate.sharpe - benchmark) / sharpeStandardError(estimate));
}

/**
 * The number of returns after which `probabilisticSharpe` exceeds `confidence`; null when the ratio is not above the
 * benchmark. 1 + (1 - g3 SR + (g4 - 1)/4 SR^2) (z / (SR - benchmark))^2; the same source.
 */
export function minimumTrackRecord(
  estimate: SharpeEstimate,
  benchmark = 0,
  confidence = 0.95,
): number | null {
  if (!(estimate.sharpe > benchmark)) return null;
  return 1 + variationOf(estimate) * (normalQuantile(confidence) / (estimate.sharpe - benchmark)) ** 2;
}

/**
 * The largest Sharpe ratio that `trials` strategies without any skill are expected to show:
 * sqrt(V) ((1 - g) Phi^-1(1 - 1/N) + g Phi^-1(1 - 1/(N e))), g Euler's constant, V the variance of the trials' ratios.
 * Bailey and Lopez de Prado, The Deflated Sharpe Ratio (2014). Zero for one trial.
 */
export function expectedMaximumSharpe(trials: number, sharpeVariance: number): number {
  if (!(Number.isInteger(trials) && trials >= 1) || !(sharpeVariance >= 0)) {
    throw new UsageError(
      `${trials} trials with a variance of ${sharpeVariance} are none; count at least one`,
    );
  }
  if (trials === 1) return 0;
  const euler = 0.5772156649015329;
  return (
    Math.sqrt(sharpeVariance) *
    ((1 - euler) * normalQuantile(1 - 1 / trials) + euler * normalQuantile(1 - 1 / (trials * Math.E)))
  );
}

/**
 * Probability that the true Sharpe ratio is above zero after the search that found it: `probabilisticSharpe` against
 * `expectedMaximumSharpe`.
 * @param sharpeVariance variance of the trials' Sharpe ratios per period
 */
export function deflatedSharpe(estimate: SharpeEstimate, trials: number, sharpeVariance: number): number {
  return probabilisticSharpe(estimate, expectedMaximumSharpe(trials, sharpeVariance));
}

function variationOf({ sharpe, skewness, kurtosis }: SharpeEstimate): number {
  return 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
}
