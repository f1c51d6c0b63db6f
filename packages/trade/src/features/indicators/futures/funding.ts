import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";
import { zScore } from "../zScore.ts";

/**
 * Funding of a perpetual future: rate = the rate that was last settled at or before the bar's close, a fraction of the notional that longs
 * pay to shorts; mean = its simple mean over the last n bars; zScore = (rate - mean) / s, s the sample deviation of the n. n defaults to 90: 30 days
 * of bars of 8 hours, the usual interval of settlement. On shorter bars the column holds each rate until the next: choose n to match.
 * NaN before row 0, n-1 and n-1; zScore is 0 where the rate did not change.
 * Source: Binance, "Introduction to Binance Futures Funding Rates". Exchanges also show the rate that is predicted for the next settlement: it
 * is not settled yet and is no part of this.
 */
export const fundingIndicator = indicator({
  name: "funding",
  aliases: ["fundingRate"],
  title: "Funding rate, its mean and z-score",
  formula:
    "rate = last settled funding, mean = SMA(rate, n), zScore = (rate - mean) / sample deviation of n rates",
  source: "Binance, Introduction to Binance Futures Funding Rates",
  params: z.strictObject({ period: bars(90, 2) }),
  inputs: ["funding"],
  outputs: ({ period }) => ({ rate: 0, mean: period - 1, zScore: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ funding }, { period }) => ({
    rate: funding.slice(),
    mean: sma(funding, period),
    zScore: zScore(funding, period),
  }),
});
