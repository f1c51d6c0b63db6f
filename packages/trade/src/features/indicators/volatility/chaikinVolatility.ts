import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { FLAT } from "../flat.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * Chaikin's volatility in percent, default 10 and 10: 100 (E[t] / E[t-m] - 1), E the exponential average over n bars of high - low.
 * NaN before row n+m-1. Where the range m bars ago was nothing (below 1e-9 of the price) it is 0 if there still is none, else
 * NaN: no percentage tells it.
 * Source: Achelis, Technical Analysis from A to Z, "Volatility, Chaikin's". Tulip's `cvi` has one n for both and begins its average with the
 * first range alone (`start` "first" does), and so does Achelis' example.
 */
export function chaikinVolatility(
  high: Float64Array,
  low: Float64Array,
  period = 10,
  change = 10,
  start: AverageStart = "mean",
): Float64Array {
  const range = high.map((top, t) => top - low[t]!);
  const average = ema(range, period, start);
  return average.map((now, t) => {
    const before = t < change ? Number.NaN : average[t - change]!;
    const least = FLAT * Math.abs(high[t]!);
    if (before <= least) return now <= least ? 0 : Number.NaN;
    return 100 * ((now - before) / before);
  });
}

export const chaikinVolatilityIndicator = indicator({
  name: "chaikinVolatility",
  aliases: ["cvi"],
  title: "Chaikin volatility, percent",
  formula: "100 (E[t] - E[t-m]) / E[t-m], E = EMA(high - low, n)",
  source: "Achelis, Technical Analysis from A to Z, 'Volatility, Chaikin's'",
  params: z.strictObject({ period: bars(10), change: bars(10), start: averageStart() }),
  inputs: ["high", "low"],
  outputs: ({ period, change }) => ({ chaikinVolatility: period - 1 + change }),
  lookback: ({ period, change }) => emaLookback(period) + change,
  compute: ({ high, low }, { period, change, start }) => ({
    chaikinVolatility: chaikinVolatility(high, low, period, change, start),
  }),
});
