import { z } from "zod";
import { typicalPrice } from "../medianPrice.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";
import { weightedMean } from "../trend/vwma.ts";

/**
 * Volume-weighted average price of the last n bars, default 20: sum of p v over sum of v, p = (high + low + close) / 3, v the volume.
 * NaN before row n-1 and where a volume is below 0; the plain mean of p where nothing was traded.
 * Source: Berkowitz, Logue and Noser, Journal of Finance 43:1, 1988, with the typical price in place of each trade's. The one that begins anew
 * with every session, which most charts mean, is `sessionVwap`.
 */
export function vwap(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
  period = 20,
  once: Once = anew,
): Float64Array {
  const price = once(typicalPrice, high, low, close);
  const weights = rawColumn(price.length);
  const money = rawColumn(price.length);
  for (let t = 0; t < price.length; t++) {
    weights[t] = volume[t]! >= 0 ? volume[t]! : Number.NaN;
    money[t] = price[t]! * weights[t]!;
  }
  return weightedMean(price, money, rollingSum(weights, period, weights), period);
}

export const vwapIndicator = indicator({
  name: "vwap",
  aliases: ["rollingVwap"],
  title: "Volume-weighted average price, rolling",
  formula: "sum of p volume / sum of volume over n bars, p = (high + low + close)/3",
  source: "Berkowitz, Logue and Noser, Journal of Finance 43:1, 1988",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["high", "low", "close", "volume"],
  outputs: ({ period }) => ({ vwap: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ high, low, close, volume }, { period }, once) => ({
    vwap: vwap(high, low, close, volume, period, once),
  }),
});
