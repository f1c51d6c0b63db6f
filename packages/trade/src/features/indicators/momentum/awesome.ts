import { z } from "zod";
import { linear } from "../linear.ts";
import { medianPrice } from "../medianPrice.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/**
 * Awesome oscillator, default 5 and 34: ao = SMA(p, fast) - SMA(p, slow), p = (high + low) / 2; and the accelerator, ac = ao - SMA(ao, signal),
 * default 5. ao begins in row slow-1.
 * Source: Williams, Trading Chaos, 1995 and New Trading Dimensions, 1998. The same in Tulip, TradingView and MetaTrader.
 */
export const awesomeIndicator = indicator({
  name: "awesome",
  aliases: ["ao", "accelerator"],
  title: "Awesome and accelerator oscillator",
  formula: "ao = SMA(p, fast) - SMA(p, slow), ac = ao - SMA(ao, signal), p = (high + low) / 2",
  source: "Williams, New Trading Dimensions, 1998",
  params: z
    .strictObject({ fast: bars(5), slow: bars(34), signal: bars(5) })
    .refine((p) => p.fast < p.slow, { path: ["fast"], message: "it must be shorter than slow" }),
  inputs: ["high", "low"],
  outputs: ({ slow, signal }) => ({ ao: slow - 1, ac: slow + signal - 2 }),
  lookback: ({ slow, signal }) => slow + signal - 2,
  compute({ high, low }, { fast, slow, signal }, once) {
    const median = once(medianPrice, high, low);
    const ao = sma(median, fast);
    const ac = sma(median, slow);
    linear(ao, 1, ac, -1, ao);
    sma(ao, signal, ac);
    return { ao, ac: linear(ao, 1, ac, -1, ac) };
  },
});
