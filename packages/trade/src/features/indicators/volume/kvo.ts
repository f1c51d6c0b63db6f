import { z } from "zod";
import { ema } from "../ema.ts";
import { FLAT } from "../flat.ts";
import { linear } from "../linear.ts";
import { newColumn } from "../newColumn.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * Klinger volume oscillator, default 34, 55 and 13: kvo = EMA(V, fast) - EMA(V, slow), signal = EMA(kvo, signal), with the volume force
 *   V[t] = 100 volume[t] |2 d/c - 1| T,   d = high - low,   T = 1 while high + low + close rises, -1 while it falls, as before where equal (within 1e-9 of it: sums of prices on ticks),
 *   c = the sum of d since the bar before the one in which T last turned.
 * V is 0 until the first move and where c is 0. NaN before row slow and row slow+signal-1. c counts on until T turns: the whole history.
 *
 * Source: Klinger, Stocks & Commodities 15:12, 1997, in the form of Achelis, which Tulip follows; both begin the averages with the first V
 * (`start` "first" and Tulip's rows of warm-up left out). StockCharts writes 2 (d/c - 1) for |2 d/c - 1|; TradingView leaves d and c out
 * altogether. Klinger's text has the absolute value.
 */
export function kvo(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
  fast = 34,
  slow = 55,
  signal = 13,
  start: AverageStart = "mean",
): { kvo: Float64Array; signal: Float64Array } {
  const force = volumeForce(high, low, close, volume);
  const slowly = ema(force, slow, start);
  const line = ema(force, fast, start, force);
  linear(line, 1, slowly, -1, line);
  return { kvo: line, signal: ema(line, signal, start, slowly) };
}

function volumeForce(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
): Float64Array {
  const out = newColumn(close.length);
  let trend = 0;
  let run = 0;
  let before = Number.NaN;
  for (let t = 0; t < out.length; t++) {
    const level = high[t]! + low[t]! + close[t]!;
    const moved = level - before;
    const change = Math.abs(moved) <= FLAT * Math.abs(level) ? 0 : Math.sign(moved);
    before = level;
    if (Number.isNaN(change + volume[t]!)) {
      trend = 0;
      out[t] = Number.NaN;
      continue;
    }
    if (change !== 0 && change !== trend) {
      trend = change;
      run = high[t - 1]! - low[t - 1]!;
    }
    const range = high[t]! - low[t]!;
    run += range;
    out[t] = trend === 0 || run === 0 ? 0 : 100 * volume[t]! * Math.abs((2 * range) / run - 1) * trend;
  }
  return out;
}

export const kvoIndicator = indicator({
  name: "kvo",
  aliases: ["klinger"],
  title: "Klinger volume oscillator",
  formula:
    "kvo = EMA(V, fast) - EMA(V, slow), V = 100 volume |2 d/c - 1| T, T the sign of the trend of high + low + close, d = high - low, c its sum in the trend; signal = EMA(kvo, signal)",
  source: "Klinger, Stocks & Commodities 15:12, 1997; Achelis, 'Klinger oscillator'",
  params: z
    .strictObject({ fast: bars(34), slow: bars(55), signal: bars(13), start: averageStart() })
    .refine((p) => p.fast < p.slow, { path: ["fast"], message: "it must be shorter than slow" }),
  inputs: ["high", "low", "close", "volume"],
  outputs: ({ slow, signal }) => ({ kvo: slow, signal: slow + signal - 1 }),
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ high, low, close, volume }, { fast, slow, signal, start }) =>
    kvo(high, low, close, volume, fast, slow, signal, start),
});
