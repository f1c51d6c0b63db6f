import { FLAT } from "../indicators/flat.ts";
import { rollingDeviation } from "../indicators/rollingMoments.ts";
import { sma } from "../indicators/sma.ts";

/** Volatility above this many times the usual counts as stress, below its inverse as calm. */
export const STRESS_RATIO = 1.25;

/**
 * The sign of the trend: 1 where the close lies above its simple mean of `period` bars, -1 below, 0 on it (within 1e-9
 * of it); NaN before row period-1. Source: the timing rule of Faber 2007, ten months or 200 days.
 */
export function trendSign(close: Float64Array, period: number): Float64Array {
  const mean = sma(close, period);
  return mean.map((level, t) => {
    const away = close[t]! - level;
    return Math.abs(away) <= FLAT * level ? 0 : Math.sign(away);
  });
}

/**
 * The state of volatility: 1 (stress) where the sample deviation of the last `fast` returns is above 1.25 times that of
 * the last `slow`, -1 (calm) where it is below 1 / 1.25 of it, else 0; 0 also in a market at rest. NaN before row slow-1.
 * `returns`: one-bar log returns.
 */
export function volatilityState(returns: Float64Array, fast: number, slow: number): Float64Array {
  const now = rollingDeviation(returns, fast);
  return rollingDeviation(returns, slow).map((usual, t) => {
    if (Number.isNaN(usual) || Number.isNaN(now[t]!)) return Number.NaN;
    if (usual <= FLAT) return 0;
    const ratio = now[t]! / usual;
    return ratio > STRESS_RATIO ? 1 : ratio < 1 / STRESS_RATIO ? -1 : 0;
  });
}
