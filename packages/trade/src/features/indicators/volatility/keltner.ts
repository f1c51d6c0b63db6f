import { z } from "zod";
import { atr } from "../atr.ts";
import { ema, emaLookback } from "../ema.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { averageStart, bars, indicator, number } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";
import { wilderLookback } from "../wilder.ts";

export interface KeltnerChannels {
  readonly middle: Float64Array;
  readonly upper: Float64Array;
  readonly lower: Float64Array;
  /** (upper - lower) / middle, a fraction */
  readonly width: Float64Array;
}

/**
 * Keltner channels, default 20, 10 and 2: middle = EMA(close, n), upper, lower = middle +- k ATR(m), ATR Wilder's over m bars,
 * width = (upper - lower) / middle. The middle begins in row n-1, the rest in row max(n, m) - 1.
 *
 * Source: Keltner 1960 in Raschke's version of the 1980s, that of StockCharts, which differs from this in its start alone (`start`
 * "first" gives its rows). Keltner's own took the simple mean of the typical price and of high - low over 10 bars; TradingView's
 * preset takes an EMA of the range instead of Wilder's; QuantConnect's bands stand on simple means. Here the version that most charts show.
 */
export function keltner(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 20,
  atrPeriod = 10,
  multiplier = 2,
  start: AverageStart = "mean",
  once: Once = anew,
): KeltnerChannels {
  const middle = ema(close, period, start);
  const upper = atr(high, low, close, atrPeriod, once);
  const lower = rawColumn(close.length);
  const width = rawColumn(close.length);
  for (let t = 0; t < width.length; t++) {
    const m = middle[t]!;
    const half = multiplier * upper[t]!;
    upper[t] = m + half;
    lower[t] = m - half;
    width[t] = m > 0 ? (2 * half) / m : Number.NaN;
  }
  return { middle, upper, lower, width };
}

export const keltnerIndicator = indicator({
  name: "keltner",
  aliases: ["kc"],
  title: "Keltner channels",
  formula: "middle = EMA(close, n), upper, lower = middle +- k ATR(m), width = (upper - lower) / middle",
  source: "Keltner, How to Make Money in Commodities, 1960; Raschke's version with EMA and ATR",
  params: z.strictObject({
    period: bars(20),
    atrPeriod: bars(10),
    multiplier: number(2, 0.001, 1000),
    start: averageStart(),
  }),
  inputs: ["high", "low", "close"],
  outputs({ period, atrPeriod }) {
    const band = Math.max(period, atrPeriod) - 1;
    return { middle: period - 1, upper: band, lower: band, width: band };
  },
  lookback: ({ period, atrPeriod }) => Math.max(emaLookback(period), wilderLookback(atrPeriod) + 1),
  compute: ({ high, low, close }, { period, atrPeriod, multiplier, start }, once) => ({
    ...keltner(high, low, close, period, atrPeriod, multiplier, start, once),
  }),
});
