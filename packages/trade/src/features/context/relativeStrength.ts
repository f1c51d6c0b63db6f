import { logReturn } from "../indicators/logReturn.ts";
import { requireSameLength } from "../indicators/requirePeriod.ts";

/**
 * How much further a share went than an index over `bars` bars: ln(c[t] / c[t-n]) - ln(m[t] / m[t-n]), 0 where both went
 * alike. NaN before row n and where a price is missing or not above 0. Scale-free in both: 0.05 is five percent more.
 * Source: Levy 1967, relative strength, as a difference of log returns.
 */
export function relativeStrength(close: Float64Array, index: Float64Array, bars: number): Float64Array {
  requireSameLength("relativeStrength", close, index);
  const market = logReturn(index, bars);
  return logReturn(close, bars).map((own, t) => own - market[t]!);
}
