import { z } from "zod";
import { FLAT } from "../flat.ts";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

export interface CandleShape {
  /** (close - open) / (high - low), -1 to 1 */
  readonly body: Float64Array;
  /** (high - max(open, close)) / (high - low), 0 to 1 */
  readonly upperShadow: Float64Array;
  /** (min(open, close) - low) / (high - low), 0 to 1 */
  readonly lowerShadow: Float64Array;
}

/**
 * Shape of the bar as shares of its range high - low: body = (close - open) / range, upperShadow = (high - max(open, close)) / range,
 * lowerShadow = (min(open, close) - low) / range; |body| and the shadows add up to 1. All 0 in a bar without range (below 1e-9 of the
 * price). Limited to their bounds, since vendors' opens and closes can lie outside their range.
 * Source: Nison, Japanese Candlestick Charting Techniques, 1991. body is the balance of power of TA-Lib and Tulip (`bop`), which TradingView
 * averages over 14 bars. TradingView's patterns measure shadows against the body, which has no size in a doji; the range always has one.
 */
export function candle(
  open: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
): CandleShape {
  const length = close.length;
  const body = newColumn(length);
  const upperShadow = newColumn(length);
  const lowerShadow = newColumn(length);
  for (let t = 0; t < length; t++) {
    const from = open[t]!;
    const to = close[t]!;
    const range = high[t]! - low[t]!;
    if (range <= FLAT * Math.abs(to)) continue;
    body[t] = Math.max(-1, Math.min(1, (to - from) / range));
    upperShadow[t] = Math.max(0, Math.min(1, (high[t]! - Math.max(from, to)) / range));
    lowerShadow[t] = Math.max(0, Math.min(1, (Math.min(from, to) - low[t]!) / range));
  }
  return { body, upperShadow, lowerShadow };
}

export const candleIndicator = indicator({
  name: "candle",
  title: "Body and shadows of the bar",
  formula:
    "body = (close - open)/(high - low), upperShadow = (high - max(open, close))/(high - low), lowerShadow = (min(open, close) - low)/(high - low)",
  source: "Nison, Japanese Candlestick Charting Techniques, 1991",
  params: z.strictObject({}),
  inputs: ["open", "high", "low", "close"],
  outputs: () => ({ body: 0, upperShadow: 0, lowerShadow: 0 }),
  lookback: () => 0,
  compute: ({ open, high, low, close }) => ({ ...candle(open, high, low, close) }),
});
