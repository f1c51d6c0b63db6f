import { z } from "zod";
import { trueRange } from "../atr.ts";
import { FLAT } from "../flat.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax, rollingMin } from "../rollingExtreme.ts";
import { rollingSum } from "../rollingSum.ts";

/**
 * Choppiness index, default 14: 100 log(sum of TR / (H - L)) / log n over the last n bars, TR the true range, H the highest high, L the
 * lowest low. 0 is a straight line, 100 a market that went its whole range in every bar. NaN before row n-1. Where nothing
 * moved it is 100: there is no trend. Slightly above 100 where the first bar of the window began with a gap.
 * Source: Dreiss; TradingView's script is the same. Others use another base of the logarithm, which cancels.
 */
export function choppiness(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 14,
  once: Once = anew,
): Float64Array {
  const out = rollingSum(once(trueRange, high, low, close), period);
  const top = once(rollingMax, high, period);
  const bottom = once(rollingMin, low, period);
  const scale = 100 / Math.log(period);
  for (let t = 0; t < out.length; t++) {
    const sum = out[t]!;
    const range = top[t]! - bottom[t]!;
    const still = range <= FLAT * Math.abs(close[t]!);
    out[t] = still ? 100 + (sum - sum) : scale * Math.log(sum / range);
  }
  return out;
}

export const choppinessIndicator = indicator({
  name: "choppiness",
  aliases: ["chop"],
  title: "Choppiness index",
  formula: "100 log(sum TR / (max high - min low)) / log n, over n bars",
  source: "Dreiss; TradingView, Choppiness Index",
  params: z.strictObject({ period: bars(14, 2) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ choppiness: period - 1 }),
  lookback: ({ period }) => period,
  compute: ({ high, low, close }, { period }, once) => ({
    choppiness: choppiness(high, low, close, period, once),
  }),
});
