import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMoments } from "../rollingMoments.ts";

/**
 * Deviation and variance of the last n closes, default 20, of the population: sum (x - mean)^2 / n. NaN before row n-1.
 * Source: Achelis, "Standard deviation". TA-Lib, Tulip, StockCharts and TradingView divide by n too; pandas by n-1 by default.
 */
export const deviationIndicator = indicator({
  name: "deviation",
  aliases: ["stddev", "variance"],
  title: "Deviation and variance of the close",
  formula: "variance = sum (close - mean)^2 / n over n bars, deviation its root",
  source: "Achelis, Technical Analysis from A to Z, 'Standard deviation'",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ deviation: period - 1, variance: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute({ close }, { period }) {
    const { deviation, mean: variance } = rollingMoments(close, period, 0);
    for (let t = 0; t < variance.length; t++) variance[t] = deviation[t]! * deviation[t]!;
    return { deviation, variance };
  },
});
