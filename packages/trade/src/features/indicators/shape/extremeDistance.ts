import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax, rollingMin } from "../rollingExtreme.ts";

/**
 * How far the close lies from the extremes of the last n bars, default 252 (a year of stock days), fractions:
 * high = close / highest high - 1 (0 or below), low = close / lowest low - 1 (0 or above). NaN before row n-1 and where a price is not above 0.
 * Source: George and Hwang, "The 52-week high and momentum investing", Journal of Finance 59:5, 2004, who take the ratio to the highest
 * price. Screens of brokers take the highest close; here the highs count, which orders have reached.
 */
export function extremeDistance(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 252,
): { high: Float64Array; low: Float64Array } {
  return {
    high: shareBeyond(close, rollingMax(high, period)),
    low: shareBeyond(close, rollingMin(low, period)),
  };
}

/** Turns each level into price / level - 1; NaN unless both are above 0. */
export function shareBeyond(prices: Float64Array, levels: Float64Array): Float64Array {
  for (let t = 0; t < levels.length; t++) {
    const level = levels[t]!;
    levels[t] = level > 0 && prices[t]! > 0 ? (prices[t]! - level) / level : Number.NaN;
  }
  return levels;
}

export const extremeDistanceIndicator = indicator({
  name: "extremeDistance",
  title: "Distance to the highest high and the lowest low",
  formula: "high = close / max(high, n bars) - 1, low = close / min(low, n bars) - 1",
  source: "George and Hwang, Journal of Finance 59:5, 2004",
  params: z.strictObject({ period: bars(252) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ high: period - 1, low: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ high, low, close }, { period }) => extremeDistance(high, low, close, period),
});
