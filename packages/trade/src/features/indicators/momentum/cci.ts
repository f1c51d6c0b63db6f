import { z } from "zod";
import { FLAT } from "../flat.ts";
import { typicalPrice } from "../medianPrice.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/**
 * Commodity channel index, default 20: cci = (p - m) / (0.015 d), p = (high + low + close) / 3, m its mean of n bars, d the mean of
 * |p - m| over them, all against the current m. NaN before row n-1; 0 where the price stood still.
 * The mean deviation from a mean that moves has no update in O(1): each bar looks at its n prices, as in every library.
 * Source: Lambert, Commodities, 1980. The same in TA-Lib, Tulip, StockCharts and TradingView (its source there is hlc3).
 */
export function cci(price: Float64Array, period = 20): Float64Array {
  const out = sma(price, period);
  for (let t = 0; t < out.length; t++) {
    const mean = out[t]!;
    if (Number.isNaN(mean)) continue;
    // Two sums side by side: an addition need not wait for the one before it.
    let even = 0;
    let odd = 0;
    let i = t - period + 1;
    for (; i < t; i += 2) {
      even += Math.abs(price[i]! - mean);
      odd += Math.abs(price[i + 1]! - mean);
    }
    if (i === t) even += Math.abs(price[t]! - mean);
    const away = (even + odd) / period;
    out[t] = away <= FLAT * Math.abs(mean) ? 0 : (price[t]! - mean) / (0.015 * away);
  }
  return out;
}

export const cciIndicator = indicator({
  name: "cci",
  title: "Commodity channel index",
  formula: "(p - SMA(p, n)) / (0.015 mean |p - SMA(p, n)|), p = (high + low + close) / 3",
  source: "Lambert, Commodities, October 1980",
  params: z.strictObject({ period: bars(20, 2) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ cci: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ high, low, close }, { period }, once) => ({
    cci: cci(once(typicalPrice, high, low, close), period),
  }),
});
