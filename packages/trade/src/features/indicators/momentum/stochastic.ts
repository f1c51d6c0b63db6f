import { z } from "zod";
import { scaled } from "../linear.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";
import { stochastic } from "../stochastic.ts";

/**
 * Stochastic oscillator, 0 to 100, default 14, 3, 3: fastK = 100 (close - L) / (H - L), H and L the highest high and lowest low of n bars;
 * k = SMA(fastK, slowing), d = SMA(k, smoothD). With slowing 1 k and d are the fast lines, with 3 the slow ones. 50 where the price stood still.
 * Source: Lane 1984; Achelis. As in TA-Lib's STOCH and TradingView; Lane and Achelis sum the ratio's two parts before dividing.
 */
export const stochasticIndicator = indicator({
  name: "stochastic",
  aliases: ["stoch"],
  title: "Stochastic oscillator, fast and slow",
  formula:
    "fastK = 100 (close - lowest low) / (highest high - lowest low) of n bars, k = SMA(fastK, slowing), d = SMA(k, smoothD)",
  source: "Lane, Stocks & Commodities 2:3, 1984",
  params: z.strictObject({ period: bars(14), slowing: bars(3), smoothD: bars(3) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period, slowing, smoothD }) => ({
    fastK: period - 1,
    k: period + slowing - 2,
    d: period + slowing + smoothD - 3,
  }),
  lookback: ({ period, slowing, smoothD }) => period + slowing + smoothD - 3,
  compute({ high, low, close }, { period, slowing, smoothD }, once) {
    const fastK = scaled(once(stochastic, high, low, close, period, once), 100);
    const k = sma(fastK, slowing);
    return { fastK, k, d: sma(k, smoothD) };
  },
});
