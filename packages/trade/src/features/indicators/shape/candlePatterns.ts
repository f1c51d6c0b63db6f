import { z } from "zod";
import { isFiniteNumber } from "../finite.ts";
import { linear } from "../linear.ts";
import { newColumn } from "../newColumn.ts";
import { bars, indicator, number } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

export const CANDLE_PATTERNS = [
  "doji",
  "dragonflyDoji",
  "gravestoneDoji",
  "longLeggedDoji",
  "fourPriceDoji",
  "spinningTop",
  "marubozu",
  "whiteMarubozu",
  "blackMarubozu",
  "bigWhiteCandle",
  "bigBlackCandle",
  "hammer",
  "hangingMan",
  "invertedHammer",
  "shootingStar",
  "star",
  "engulfingBull",
  "engulfingBear",
  "morningStar",
  "morningDojiStar",
  "eveningStar",
  "eveningDojiStar",
  "abandonedBabyBull",
  "abandonedBabyBear",
  "threeWhiteSoldiers",
  "threeBlackCrows",
] as const;
export type CandlePattern = (typeof CANDLE_PATTERNS)[number];

export interface CandleMeasures {
  /** bars before the current one whose mean body and mean range are the measure, at least 2 */
  readonly period: number;
  /** no body: below this share of the mean range */
  readonly bodyNone: number;
  /** short and long body: below and above this multiple of the mean body */
  readonly bodyShort: number;
  readonly bodyLong: number;
  /** no shadow: below this share of the mean range; long: above this multiple of the mean body */
  readonly wickNone: number;
  readonly wickLong: number;
  /** near: within this share of the mean range */
  readonly near: number;
}

/**
 * Candlestick patterns, 1 in the bar that completes one, else 0; a bar can complete several. NaN before row n (default 10). With body =
 * |close - open|, the shadows above and below it, and B and R the mean body and the mean range high - low of the n bars before:
 * no body: body < .05 R; short: body < .5 B; long: body > 1.4 B; no shadow: < .05 R; long shadow: > .6 B; near: within .3 R.
 *   doji: no body; dragonfly: and no upper, a long lower shadow; gravestone: the reverse; long-legged: both long; four-price: neither
 *   spinning top: short body, both shadows longer than it;   marubozu: long body, no shadow;   big candle: long body
 *   hammer, hanging man: short body, no upper, long lower shadow, the body near or below the low before, near or above the high before
 *   inverted hammer, shooting star: short body, long upper, no lower shadow, the body below, above the body before
 *   star: the whole bar beyond the one before;   engulfing: a body of the other colour that covers the one before
 *   morning, evening star: a long black (white) candle, a short body beyond it, a white (black) one beyond that, which closes past the first's close;
 *   doji star: the middle has no body; abandoned baby: and the middle is a star on both sides
 *   three soldiers, crows: three white (black) candles, each opening inside the body before
 *
 * Source: Nison 1991, with the measures and conditions of Tulip Indicators 0.9. TA-Lib has the same shapes with its own measures, and
 * asks for no trend before either. No pattern here looks at a trend: that is another column's task.
 */
export function candlePatterns(
  open: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  measures: CandleMeasures,
): Record<CandlePattern, Float64Array> {
  const { period } = measures;
  const length = close.length;
  const out = Object.fromEntries(CANDLE_PATTERNS.map((name) => [name, newColumn(length)] as const)) as Record<
    CandlePattern,
    Float64Array
  >;
  const columns = Object.values(out);
  const meanRange = linear(high, 1, low, -1);
  sma(meanRange, period, meanRange);
  const meanBody = newColumn(length);
  for (let t = 0; t < length; t++) meanBody[t] = Math.abs(close[t]! - open[t]!);
  sma(meanBody, period, meanBody);
  for (let t = 0; t < length; t++) {
    const meanB = t > 0 ? meanBody[t - 1]! : Number.NaN;
    const meanR = t > 0 ? meanRange[t - 1]! : Number.NaN;
    const from = open[t]!;
    const to = close[t]!;
    const top = Math.max(from, to);
    const bottom = Math.min(from, to);
    const upper = high[t]! - top;
    const lower = bottom - low[t]!;
    if (!isFiniteNumber(meanB + meanR + upper + lower)) {
      for (const column of columns) column[t] = Number.NaN;
      continue;
    }
    // Columns begin with zeros: only the bars that complete a pattern, which are few, are written.
    const body = top - bottom;
    const white = to > from;
    const black = to < from;
    const noUpper = upper < measures.wickNone * meanR;
    const noLower = lower < measures.wickNone * meanR;
    const longUpper = upper > measures.wickLong * meanB;
    const longLower = lower > measures.wickLong * meanB;
    if (body < measures.bodyNone * meanR) {
      out.doji[t] = 1;
      if (noUpper && longLower) out.dragonflyDoji[t] = 1;
      if (longUpper && noLower) out.gravestoneDoji[t] = 1;
      if (longUpper && longLower) out.longLeggedDoji[t] = 1;
      if (noUpper && noLower) out.fourPriceDoji[t] = 1;
    }
    if (body > measures.bodyLong * meanB) {
      if (white) out.bigWhiteCandle[t] = 1;
      if (black) out.bigBlackCandle[t] = 1;
      if (noUpper && noLower) {
        out.marubozu[t] = 1;
        if (white) out.whiteMarubozu[t] = 1;
        if (black) out.blackMarubozu[t] = 1;
      }
    }
    const highBefore = high[t - 1]!;
    const lowBefore = low[t - 1]!;
    if (low[t]! >= highBefore || high[t]! <= lowBefore) out.star[t] = 1;
    if (body < measures.bodyShort * meanB) {
      if (upper > body && lower > body) out.spinningTop[t] = 1;
      if (noUpper && longLower) {
        const near = measures.near * meanR;
        if (bottom <= lowBefore + near) out.hammer[t] = 1;
        if (bottom >= highBefore - near) out.hangingMan[t] = 1;
      }
      if (longUpper && noLower) {
        if (top <= Math.min(open[t - 1]!, close[t - 1]!)) out.invertedHammer[t] = 1;
        if (bottom >= Math.max(open[t - 1]!, close[t - 1]!)) out.shootingStar[t] = 1;
      }
    }
    const wayBefore = close[t - 1]! - open[t - 1]!;
    if (white && wayBefore < 0 && to > open[t - 1]! && from < close[t - 1]!) out.engulfingBull[t] = 1;
    if (black && wayBefore > 0 && to < open[t - 1]! && from > close[t - 1]!) out.engulfingBear[t] = 1;
    const first = close[t - 2]! - open[t - 2]!;
    if (white && first > 0) {
      if (wayBefore > 0 && opensInside(open, close, t - 1) && opensInside(open, close, t)) {
        out.threeWhiteSoldiers[t] = 1;
      }
    } else if (black && first < 0) {
      if (wayBefore < 0 && opensInside(open, close, t - 1) && opensInside(open, close, t)) {
        out.threeBlackCrows[t] = 1;
      }
    } else if (Math.abs(first) > measures.bodyLong * meanB) {
      // A long candle, a body beyond it, one of the other colour back past the first's close.
      const middle = Math.abs(wayBefore);
      const small = middle < measures.bodyShort * meanB;
      const none = middle < measures.bodyNone * meanR;
      const topBefore = Math.max(open[t - 1]!, close[t - 1]!);
      const bottomBefore = Math.min(open[t - 1]!, close[t - 1]!);
      if (white && to >= close[t - 2]!) {
        if (topBefore <= close[t - 2]! && bottom >= topBefore) {
          if (small) out.morningStar[t] = 1;
          if (none) out.morningDojiStar[t] = 1;
        }
        if (none && highBefore <= low[t - 2]! && low[t]! >= highBefore) out.abandonedBabyBull[t] = 1;
      }
      if (black && to <= close[t - 2]!) {
        if (bottomBefore >= close[t - 2]! && top <= bottomBefore) {
          if (small) out.eveningStar[t] = 1;
          if (none) out.eveningDojiStar[t] = 1;
        }
        if (none && lowBefore >= high[t - 2]! && high[t]! <= lowBefore) out.abandonedBabyBear[t] = 1;
      }
    }
  }
  return out;
}

/** Whether bar t opens inside the body of the bar before it. */
function opensInside(open: Float64Array, close: Float64Array, t: number): boolean {
  return open[t]! < Math.max(open[t - 1]!, close[t - 1]!) && open[t]! > Math.min(open[t - 1]!, close[t - 1]!);
}

export const candlePatternsIndicator = indicator({
  name: "candlePatterns",
  aliases: ["candles"],
  title: "Candlestick patterns",
  formula:
    "1 in the bar that completes a pattern, else 0; small and large by the mean body and mean range of the n bars before",
  source: "Nison, Japanese Candlestick Charting Techniques, 1991; measures of Tulip Indicators 0.9",
  params: z.strictObject({
    period: bars(10, 2),
    bodyNone: number(0.05, 0, 100),
    bodyShort: number(0.5, 0, 100),
    bodyLong: number(1.4, 0, 100),
    wickNone: number(0.05, 0, 100),
    wickLong: number(0.6, 0, 100),
    near: number(0.3, 0, 100),
  }),
  inputs: ["open", "high", "low", "close"],
  outputs: ({ period }) => Object.fromEntries(CANDLE_PATTERNS.map((name) => [name, period])),
  lookback: ({ period }) => period,
  compute: ({ open, high, low, close }, measures) => candlePatterns(open, high, low, close, measures),
});
