import { z } from "zod";
import { isFiniteNumber } from "../finite.ts";
import { FLAT } from "../flat.ts";
import { medianPrice } from "../medianPrice.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax, rollingMin } from "../rollingExtreme.ts";
import { settlingBars } from "../smooth.ts";

/**
 * Fisher transform, default 9, of the median price p = (high + low) / 2:
 *   v[t] = 0.66 ((p - L) / (H - L) - 0.5) + 0.67 v[t-1], H and L the extremes of p over n bars, kept within -0.999 ... 0.999;
 *   fisher[t] = 0.5 ln((1 + v) / (1 - v)) + 0.5 fisher[t-1];   signal[t] = fisher[t-1].
 * fisher begins in row n-1 from v = 0 and fisher = 0. Where the price stood still (p - L) / (H - L) is 0.5: v fades.
 * Source: Ehlers, Stocks & Commodities 20:11, 2002, default 10. As in Tulip and TradingView (9); some take the close.
 */
export function fisher(median: Float64Array, period = 9): { fisher: Float64Array; signal: Float64Array } {
  const top = rollingMax(median, period);
  const bottom = rollingMin(median, period);
  // Each extreme is read before its row is written: their columns become the results.
  const out = top;
  const signal = bottom;
  let v = 0;
  let level = 0;
  let before = Number.NaN;
  for (let t = 0; t < out.length; t++) {
    const range = top[t]! - bottom[t]!;
    if (!isFiniteNumber(range)) {
      v = 0;
      level = 0;
      out[t] = Number.NaN;
      signal[t] = Number.NaN;
      before = Number.NaN;
      continue;
    }
    const place = range <= FLAT * Math.abs(median[t]!) ? 0.5 : (median[t]! - bottom[t]!) / range;
    v = Math.max(-0.999, Math.min(0.999, 0.66 * (place - 0.5) + 0.67 * v));
    level = 0.5 * Math.log((1 + v) / (1 - v)) + 0.5 * level;
    out[t] = level;
    signal[t] = before;
    before = level;
  }
  return { fisher: out, signal };
}

export const fisherIndicator = indicator({
  name: "fisher",
  title: "Fisher transform",
  formula:
    "v = 0.66 ((p - L)/(H - L) - 0.5) + 0.67 v[t-1], fisher = 0.5 ln((1 + v)/(1 - v)) + 0.5 fisher[t-1], signal = fisher[t-1], p = (high + low)/2",
  source: "Ehlers, Stocks & Commodities 20:11, 2002",
  params: z.strictObject({ period: bars(9, 2) }),
  inputs: ["high", "low"],
  outputs: ({ period }) => ({ fisher: period - 1, signal: period }),
  lookback: ({ period }) => period + 2 * settlingBars(0.33) + settlingBars(0.5),
  compute: ({ high, low }, { period }, once) => fisher(once(medianPrice, high, low), period),
});
