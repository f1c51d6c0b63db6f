import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { FLAT } from "../flat.ts";
import { linear } from "../linear.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * Mass index, default 25 and 9: the sum over the last n bars of E1 / E2, E1 the exponential average over m bars of high - low, E2 that of E1.
 * About n while ranges stay as they are; a bulge above n + 2 and back warns of a turn. NaN before row 2m+n-3. Where nothing moves a
 * ratio is 1.
 * Source: Dorsey, Stocks & Commodities 10:6, 1992; Achelis, "Mass index". Tulip begins its averages with the first range (`start` "first").
 */
export function massIndex(
  high: Float64Array,
  low: Float64Array,
  period = 25,
  smoothing = 9,
  start: AverageStart = "mean",
): Float64Array {
  const once = linear(high, 1, low, -1);
  ema(once, smoothing, start, once);
  const out = ema(once, smoothing, start);
  for (let t = 0; t < out.length; t++) {
    out[t] = out[t]! <= FLAT * Math.abs(high[t]!) ? 1 : once[t]! / out[t]!;
  }
  return rollingSum(out, period, out);
}

export const massIndexIndicator = indicator({
  name: "massIndex",
  aliases: ["mass"],
  title: "Mass index",
  formula: "sum over n bars of EMA(R, m) / EMA(EMA(R, m), m), R = high - low",
  source: "Dorsey, Stocks & Commodities 10:6, 1992",
  params: z.strictObject({ period: bars(25), smoothing: bars(9), start: averageStart() }),
  inputs: ["high", "low"],
  outputs: ({ period, smoothing }) => ({ massIndex: 2 * smoothing + period - 3 }),
  lookback: ({ period, smoothing }) => 2 * emaLookback(smoothing) + period,
  compute: ({ high, low }, { period, smoothing, start }) => ({
    massIndex: massIndex(high, low, period, smoothing, start),
  }),
});
