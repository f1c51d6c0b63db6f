import { z } from "zod";
import { change, stepSizes } from "../change.ts";
import { ema, emaLookback } from "../ema.ts";
import { FLAT } from "../flat.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * True strength index, -100 to 100, default 25, 13, 13: tsi = 100 A(m) / A(|m|), m = close[t] - close[t-1], A(x) = EMA(EMA(x, long), short);
 * signal = EMA(tsi, signal). tsi begins in row long+short-1. 0 where nothing moved.
 * Source: Blau, Stocks & Commodities 9:11, 1991. The same in StockCharts and TradingView, where the signal is 7 or 13 and the scale 1 or 100.
 */
export function tsi(
  close: Float64Array,
  long = 25,
  short = 13,
  signal = 13,
  start: AverageStart = "mean",
): { tsi: Float64Array; signal: Float64Array } {
  const line = change(close);
  ema(ema(line, long, start, line), short, start, line);
  const sizes = stepSizes(close);
  ema(ema(sizes, long, start, sizes), short, start, sizes);
  for (let t = 0; t < line.length; t++) {
    const still = sizes[t]! <= FLAT * Math.abs(close[t]!);
    line[t] = still ? 0 : 100 * Math.max(-1, Math.min(1, line[t]! / sizes[t]!));
  }
  return { tsi: line, signal: ema(line, signal, start, sizes) };
}

export const tsiIndicator = indicator({
  name: "tsi",
  title: "True strength index",
  formula:
    "tsi = 100 A(m) / A(|m|), m = close[t] - close[t-1], A(x) = EMA(EMA(x, long), short), signal = EMA(tsi, signal)",
  source: "Blau, Stocks & Commodities 9:11, 1991",
  params: z.strictObject({ long: bars(25), short: bars(13), signal: bars(13), start: averageStart() }),
  inputs: ["close"],
  outputs: ({ long, short, signal }) => ({ tsi: long + short - 1, signal: long + short + signal - 2 }),
  lookback: ({ long, short, signal }) => 1 + emaLookback(long) + emaLookback(short) + emaLookback(signal),
  compute: ({ close }, { long, short, signal, start }) => tsi(close, long, short, signal, start),
});
