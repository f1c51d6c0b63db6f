import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { anew, type Once } from "../once.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";
import type { AverageStart } from "../smooth.ts";

/** 100 (fast - slow) / slow in place of `fast`, 0 where neither had trade. */
function percentAbove(fast: Float64Array, slow: Float64Array): Float64Array {
  for (let t = 0; t < fast.length; t++) {
    fast[t] = slow[t] === 0 ? 0 * fast[t]! : 100 * ((fast[t]! - slow[t]!) / slow[t]!);
  }
  return fast;
}

/**
 * Volume oscillator in percent, default 5 and 10: 100 (SMA(volume, fast) - SMA(volume, slow)) / SMA(volume, slow). NaN before row slow-1; 0
 * where nothing was traded. Source: Achelis, "Volume oscillator"; the same in Tulip. TradingView's takes exponential averages, which is `pvo`.
 */
export function volumeOscillator(volume: Float64Array, fast = 5, slow = 10, once: Once = anew): Float64Array {
  return percentAbove(sma(volume, fast), once(sma, volume, slow));
}

/**
 * Percentage volume oscillator, default 12, 26 and 9: pvo = 100 (EMA(volume, fast) - EMA(volume, slow)) / EMA(volume, slow), signal =
 * EMA(pvo, signal), histogram = pvo - signal. NaN before row slow-1, signal and histogram before row slow+signal-2.
 * Source: StockCharts ChartSchool; its sheet begins the averages with the first value (`start` "first"), and the signal already with the rows that are warm-up here.
 */
export function pvo(
  volume: Float64Array,
  fast = 12,
  slow = 26,
  signal = 9,
  start: AverageStart = "mean",
): { pvo: Float64Array; signal: Float64Array; histogram: Float64Array } {
  const histogram = ema(volume, slow, start);
  const line = percentAbove(ema(volume, fast, start), histogram);
  const smoothed = ema(line, signal, start);
  return { pvo: line, signal: smoothed, histogram: linear(line, 1, smoothed, -1, histogram) };
}

const order = { path: ["fast"], message: "it must be shorter than slow" };

export const volumeOscillatorIndicator = indicator({
  name: "volumeOscillator",
  aliases: ["vosc"],
  title: "Volume oscillator, percent",
  formula: "100 (SMA(volume, fast) - SMA(volume, slow)) / SMA(volume, slow)",
  source: "Achelis, Technical Analysis from A to Z, 'Volume oscillator'",
  params: z.strictObject({ fast: bars(5), slow: bars(10) }).refine((p) => p.fast < p.slow, order),
  inputs: ["volume"],
  outputs: ({ slow }) => ({ volumeOscillator: slow - 1 }),
  lookback: ({ slow }) => slow - 1,
  compute: ({ volume }, { fast, slow }, once) => ({
    volumeOscillator: volumeOscillator(volume, fast, slow, once),
  }),
});

export const pvoIndicator = indicator({
  name: "pvo",
  title: "Percentage volume oscillator",
  formula:
    "pvo = 100 (EMA(volume, fast) - EMA(volume, slow)) / EMA(volume, slow), signal = EMA(pvo, signal), histogram = pvo - signal",
  source: "StockCharts ChartSchool, 'Percentage Volume Oscillator'",
  params: z
    .strictObject({ fast: bars(12), slow: bars(26), signal: bars(9), start: averageStart() })
    .refine((p) => p.fast < p.slow, order),
  inputs: ["volume"],
  outputs: ({ slow, signal }) => ({
    pvo: slow - 1,
    signal: slow + signal - 2,
    histogram: slow + signal - 2,
  }),
  lookback: ({ slow, signal }) => emaLookback(slow) + emaLookback(signal),
  compute: ({ volume }, { fast, slow, signal, start }) => pvo(volume, fast, slow, signal, start),
});
