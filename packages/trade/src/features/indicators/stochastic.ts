import { FLAT } from "./flat.ts";
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
): Float64Array {
  requireSameLength("stochastic", high, low, close);
  requirePeriod(period, "stochastic");
  const top = rollingMax(high, period);
  const bottom = rollingMin(low, period);
  const out = new Float64Array(close.length);
  for (let t = 0; t < out.length; t++) {
    const range = top[t]! - bottom[t]!;
    if (!(range >= 0 && Number.isFinite(range) && Number.isFinite(close[t]!))) out[t] = Number.NaN;
    else if (range <= FLAT * Math.abs(close[t]!)) out[t] = 0.5;
    else out[t] = Math.min(1, Math.max(0, (close[t]! - bottom[t]!) / range));
  }
  return out;
}
