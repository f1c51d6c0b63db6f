import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { FLAT } from "../flat.ts";
import { linear } from "../linear.ts";
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
  const out = linear(high, 1, low, -1);
  ema(out, period, start, out);
  // From the newest row back, so that the average of `change` bars before is still there.
  for (let t = out.length - 1; t >= 0; t--) {
    const before = t < change ? Number.NaN : out[t - change]!;
    const least = FLAT * Math.abs(high[t]!);
    if (before <= least) out[t] = out[t]! <= least ? 0 : Number.NaN;
    else out[t] = 100 * ((out[t]! - before) / before);
  }
  return out;
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
