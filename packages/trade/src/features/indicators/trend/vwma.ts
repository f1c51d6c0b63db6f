import { z } from "zod";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";
import { sma } from "../sma.ts";

/**
 * Volume-weighted moving average, default 20: vwma[t] = (c v summed over n bars) / (v summed over n bars), c close, v volume.
 * NaN before row n-1. Where nothing was traded in all n bars every close weighs the same: the simple mean.
 * Source: Achelis, Technical Analysis from A to Z, "Moving averages (volume-adjusted)" by its common definition. The same in Tulip
 * and TradingView, which give no number without trade.
 */
export function vwma(
  close: Float64Array,
  volume: Float64Array,
  period: number,
  once: Once = anew,
): Float64Array {
  const turnover = rawColumn(close.length);
  for (let t = 0; t < turnover.length; t++) turnover[t] = close[t]! * volume[t]!;
  return weightedMean(close, turnover, once(rollingSum, volume, period), period);
}

/**
 * Turns `turnover`, prices times their weights, into the mean of the prices weighted in each window, `weights` being the windows'
 * sums of them: the plain mean where they are 0.
 */
export function weightedMean(
  prices: Float64Array,
  turnover: Float64Array,
  weights: Float64Array,
  period: number,
): Float64Array {
  rollingSum(turnover, period, turnover);
  // Windows without trade are seldom, the mean of the prices is taken only where there is one.
  const plain = weights.includes(0) ? sma(prices, period) : prices;
  for (let t = 0; t < turnover.length; t++) {
    turnover[t] = weights[t] === 0 ? plain[t]! : turnover[t]! / weights[t]!;
  }
  return turnover;
}

export const vwmaIndicator = indicator({
  name: "vwma",
  title: "Volume-weighted moving average",
  formula:
    "sum of close volume over n bars / sum of volume over n bars; the plain mean where nothing was traded",
  source: "Tulip Indicators and TradingView, 'vwma'",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["close", "volume"],
  outputs: ({ period }) => ({ vwma: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close, volume }, { period }, once) => ({ vwma: vwma(close, volume, period, once) }),
});
