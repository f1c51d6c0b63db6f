import { isFiniteNumber } from "./finite.ts";
import { FLAT } from "./flat.ts";
import { rawColumn } from "./newColumn.ts";
import { anew, type Once } from "./once.ts";
import { requirePeriod, requireSameLength } from "./requirePeriod.ts";
import { rollingMax, rollingMin } from "./rollingExtreme.ts";

/**
 * Stochastic oscillator, fast %K as a fraction, default 14: (c - L) / (H - L), H and L the highest high and lowest low of
 * the last n bars; NaN before row n-1. 0.5 where the price did not move (H - L below 1e-9 of it). Limited to 0..1, since
 * vendors' closes can lie outside their range. %D and the slow lines are its simple averages.
 *
 * Source: Lane 1984; Achelis, Technical Analysis from A to Z, "Stochastic oscillator", there times 100.
 */
export function stochastic(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 14,
  once: Once = anew,
): Float64Array {
  requireSameLength("stochastic", high, low, close);
  requirePeriod(period, "stochastic");
  const top = once(rollingMax, high, period);
  const bottom = once(rollingMin, low, period);
  const out = rawColumn(top.length);
  for (let t = 0; t < out.length; t++) out[t] = placeInRange(close[t]!, bottom[t]!, top[t]!);
  return out;
}

/** (price - bottom) / (top - bottom) within 0..1; 0.5 where the range is below 1e-9 of the price, NaN where one is not known. */
export function placeInRange(price: number, bottom: number, top: number): number {
  const range = top - bottom;
  if (!(range >= 0 && isFiniteNumber(range) && isFiniteNumber(price))) return Number.NaN;
  if (range <= FLAT * Math.abs(price)) return 0.5;
  return Math.min(1, Math.max(0, (price - bottom) / range));
}
