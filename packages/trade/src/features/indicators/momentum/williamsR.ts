import { z } from "zod";
import { scaled } from "../linear.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { stochastic } from "../stochastic.ts";

/**
 * Williams' %R, -100 to 0, default 14: -100 (H - close) / (H - L), H and L the highest high and lowest low of n bars. NaN before row n-1.
 * -50 where the price stood still. It is the fast stochastic less 100.
 * Source: Williams 1973. The same in TA-Lib, Tulip and TradingView; Achelis prints it without the sign.
 */
export const williamsRIndicator = indicator({
  name: "williamsR",
  aliases: ["willr", "percentR"],
  title: "Williams' %R",
  formula: "-100 (highest high - close) / (highest high - lowest low) of n bars",
  source: "Williams, How I Made One Million Dollars, 1973",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ williamsR: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute({ high, low, close }, { period }, once) {
    return { williamsR: scaled(once(stochastic, high, low, close, period, once), 100, -100) };
  },
});
