import { newColumn } from "./newColumn.ts";
import { requireSameLength } from "./requirePeriod.ts";

/**
 * High-low range of a bar as a fraction of its close: (high - low) / close. No warm-up; NaN where high < low
 * or the close is not above 0. Source: the range of Parkinson 1980, here without its logarithm.
 */
export function highLowRange(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  requireSameLength("highLowRange", high, low, close);
  const out = newColumn(high.length);
  for (let t = 0; t < out.length; t++) {
    const range = (high[t]! - low[t]!) / close[t]!;
    out[t] = close[t]! > 0 && range >= 0 && Number.isFinite(range) ? range : Number.NaN;
  }
  return out;
}
