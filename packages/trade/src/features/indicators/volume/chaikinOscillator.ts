import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";
import { adl } from "./adl.ts";

/**
 * Chaikin oscillator, default 3 and 10: EMA(adl, fast) - EMA(adl, slow), adl the accumulation/distribution line, whose level cancels:
 * unlike it this forgets where the history began. NaN before row slow-1.
 * Source: Achelis, "Chaikin oscillator". Tulip and TA-Lib begin both averages with the first value (`start` "first"); StockCharts and
 * TradingView with means, as here.
 */
export function chaikinOscillator(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
  fast = 3,
  slow = 10,
  start: AverageStart = "mean",
): Float64Array {
  const line = adl(high, low, close, volume);
  const slowly = ema(line, slow, start);
  ema(line, fast, start, line);
  return linear(line, 1, slowly, -1, line);
}

export const chaikinOscillatorIndicator = indicator({
  name: "chaikinOscillator",
  aliases: ["adosc"],
  title: "Chaikin oscillator",
  formula: "EMA(adl, fast) - EMA(adl, slow), adl the accumulation/distribution line",
  source: "Achelis, Technical Analysis from A to Z, 'Chaikin oscillator'",
  params: z
    .strictObject({ fast: bars(3), slow: bars(10), start: averageStart() })
    .refine((p) => p.fast < p.slow, { path: ["fast"], message: "it must be shorter than slow" }),
  inputs: ["high", "low", "close", "volume"],
  outputs: ({ slow }) => ({ chaikinOscillator: slow - 1 }),
  lookback: ({ slow }) => emaLookback(slow) + 1,
  compute: ({ high, low, close, volume }, { fast, slow, start }) => ({
    chaikinOscillator: chaikinOscillator(high, low, close, volume, fast, slow, start),
  }),
});
