import { scaled } from "../linear.ts";
import { logReturn } from "../logReturn.ts";
import { anew, type Once } from "../once.ts";
import { indicator } from "../registry/indicator.ts";
import { rollingDeviation } from "../rollingMoments.ts";
import { estimatorParams } from "./yearly.ts";

/**
 * Realised volatility, close to close, default 20 bars: s sqrt(B), s the sample deviation (n-1) of the last n log returns
 * ln(close[t]/close[t-1]), B the bars of a year (default 1: that of one bar). NaN before row n.
 * Source: Hull, Options, Futures and Other Derivatives, "Estimating volatility from historical data"; the same in TTR ("close").
 * Tulip's `volatility` takes simple returns, divides by n and always by a year of 252: up to sqrt(n/(n-1)) lower.
 */
export function realised(close: Float64Array, period = 20, barsPerYear = 1, once: Once = anew): Float64Array {
  const out = rollingDeviation(once(logReturn, close, 1), period);
  return barsPerYear === 1 ? out : scaled(out, Math.sqrt(barsPerYear), 0, out);
}

export const realisedIndicator = indicator({
  name: "realised",
  aliases: ["realisedVolatility", "historicalVolatility", "hv"],
  title: "Realised volatility, close to close",
  formula: "sqrt(B) times the sample deviation of n log returns, B bars of a year, 1 for a bar's own",
  source: "Hull, Options, Futures and Other Derivatives",
  params: estimatorParams(2),
  inputs: ["close"],
  outputs: ({ period }) => ({ realised: period }),
  lookback: ({ period }) => period,
  compute: ({ close }, { period, barsPerYear }, once) => ({
    realised: realised(close, period, barsPerYear, once),
  }),
});
