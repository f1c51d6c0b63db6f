import { z } from "zod";
import { atr } from "../atr.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { wilderLookback } from "../wilder.ts";

/**
 * Normalised average true range in percent, default 14: natr[t] = 100 ATR(n)[t] / close[t], ATR as in `atr`.
 * NaN before row n-1 and where the close is not above 0. Unlike ATR it can be compared between instruments and decades.
 * Source: Forman, Stocks & Commodities 24:5, 2006. Tulip is the same; TA-Lib leaves the first bar out of its ATR, begins one
 * row later and agrees after the settling.
 */
export function natr(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 14,
  once: Once = anew,
): Float64Array {
  const range = once(atr, high, low, close, period, once);
  const out = rawColumn(range.length);
  for (let t = 0; t < out.length; t++) {
    out[t] = close[t]! > 0 ? 100 * (range[t]! / close[t]!) : Number.NaN;
  }
  return out;
}

export const natrIndicator = indicator({
  name: "natr",
  title: "Normalised average true range, percent",
  formula: "100 ATR(n) / close",
  source: "Forman, Stocks & Commodities 24:5, 2006",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ natr: period - 1 }),
  lookback: ({ period }) => wilderLookback(period) + 1,
  compute: ({ high, low, close }, { period }, once) => ({ natr: natr(high, low, close, period, once) }),
});
