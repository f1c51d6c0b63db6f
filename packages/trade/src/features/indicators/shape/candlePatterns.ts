import { z } from "zod";
import { bars, indicator, number } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/** One bar in the words of candlestick charts. */
interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly white: boolean;
  readonly black: boolean;
  readonly body: number;
  readonly top: number;
  readonly bottom: number;
  readonly upper: number;
  readonly lower: number;
}

/** What counts as small and large, in units of price. */
interface Measure {
  bodyNone: number;
  bodyShort: number;
  bodyLong: number;
  wickNone: number;
  wickLong: number;
  near: number;
}

/** Whether the bar `c` completes the pattern, `b` and `a` the bars before it. */
type Pattern = (c: Candle, b: Candle, a: Candle, m: Measure) => boolean;

const small: Pattern = (c, _b, _a, m) => c.body < m.bodyNone;
const long: Pattern = (c, _b, _a, m) => c.body > m.bodyLong;
const noUpper: Pattern = (c, _b, _a, m) => c.upper < m.wickNone;
const noLower: Pattern = (c, _b, _a, m) => c.lower < m.wickNone;
const longUpper: Pattern = (c, _b, _a, m) => c.upper > m.wickLong;
const longLower: Pattern = (c, _b, _a, m) => c.lower > m.wickLong;
const opensInside = (c: Candle, b: Candle): boolean => c.open < b.top && c.open > b.bottom;

/** All of the conditions, each of them of the last bar. */
const all =
  (...conditions: readonly Pattern[]): Pattern =>
  (c, b, a, m) => {
    for (const condition of conditions) if (!condition(c, b, a, m)) return false;
    return true;
  };

const marubozu = all(long, noUpper, noLower);
const umbrella = all((c, _b, _a, m) => c.body < m.bodyShort, noUpper, longLower);
const inverted = all((c, _b, _a, m) => c.body < m.bodyShort, longUpper, noLower);

/** A long white candle, a small one that gaps up from it, a black one that gaps down again and closes below the first. */
const evening =
  (largest: "bodyNone" | "bodyShort"): Pattern =>
  (c, b, a, m) =>
    a.white &&
    a.body > m.bodyLong &&
    b.bottom >= a.top &&
    b.body < m[largest] &&
    c.black &&
    c.top <= b.bottom &&
    c.close <= a.close;
const morning =
  (largest: "bodyNone" | "bodyShort"): Pattern =>
  (c, b, a, m) =>
    a.black &&
    a.body > m.bodyLong &&
    b.top <= a.bottom &&
    b.body < m[largest] &&
    c.white &&
    c.bottom >= b.top &&
    c.close >= a.close;

const PATTERNS = {
  doji: small,
  dragonflyDoji: all(small, noUpper, longLower),
  gravestoneDoji: all(small, longUpper, noLower),
  longLeggedDoji: all(small, longUpper, longLower),
  fourPriceDoji: all(small, noUpper, noLower),
  spinningTop: (c, _b, _a, m) => c.body < m.bodyShort && c.upper > c.body && c.lower > c.body,
  marubozu,
  whiteMarubozu: (c, b, a, m) => c.white && marubozu(c, b, a, m),
  blackMarubozu: (c, b, a, m) => c.black && marubozu(c, b, a, m),
  bigWhiteCandle: (c, b, a, m) => c.white && long(c, b, a, m),
  bigBlackCandle: (c, b, a, m) => c.black && long(c, b, a, m),
  hammer: (c, b, a, m) => umbrella(c, b, a, m) && c.bottom <= b.low + m.near,
  hangingMan: (c, b, a, m) => umbrella(c, b, a, m) && c.bottom >= b.high - m.near,
  invertedHammer: (c, b, a, m) => inverted(c, b, a, m) && c.top <= b.bottom,
  shootingStar: (c, b, a, m) => inverted(c, b, a, m) && c.bottom >= b.top,
  star: (c, b) => c.low >= b.high || c.high <= b.low,
  engulfingBull: (c, b) => c.white && b.black && c.close > b.open && c.open < b.close,
  engulfingBear: (c, b) => c.black && b.white && c.close < b.open && c.open > b.close,
  morningStar: morning("bodyShort"),
  morningDojiStar: morning("bodyNone"),
  eveningStar: evening("bodyShort"),
  eveningDojiStar: evening("bodyNone"),
  abandonedBabyBull: (c, b, a, m) =>
    a.black &&
    a.body > m.bodyLong &&
    b.high <= a.low &&
    b.body < m.bodyNone &&
    c.white &&
    c.low >= b.high &&
    c.close >= a.close,
  abandonedBabyBear: (c, b, a, m) =>
    a.white &&
    a.body > m.bodyLong &&
    b.low >= a.high &&
    b.body < m.bodyNone &&
    c.black &&
    c.high <= b.low &&
    c.close <= a.close,
  threeWhiteSoldiers: (c, b, a) => a.white && b.white && c.white && opensInside(b, a) && opensInside(c, b),
  threeBlackCrows: (c, b, a) => a.black && b.black && c.black && opensInside(b, a) && opensInside(c, b),
} as const satisfies Readonly<Record<string, Pattern>>;

export type CandlePattern = keyof typeof PATTERNS;
export const CANDLE_PATTERNS = Object.keys(PATTERNS) as readonly CandlePattern[];

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
  const meanBody = sma(
    close.map((price, t) => Math.abs(price - open[t]!)),
    period,
  );
  const meanRange = sma(
    high.map((top, t) => top - low[t]!),
    period,
  );
  const out = CANDLE_PATTERNS.map((name) => [name, new Float64Array(close.length).fill(Number.NaN)] as const);
  const patterns = out.map(([name, column]) => [PATTERNS[name] as Pattern, column] as const);
  const m: Measure = { bodyNone: 0, bodyShort: 0, bodyLong: 0, wickNone: 0, wickLong: 0, near: 0 };
  const at = (t: number): Candle => candleOf(open[t]!, high[t]!, low[t]!, close[t]!);
  let a = at(0);
  let b = at(0);
  for (let t = 0; t < close.length; t++) {
    const c = at(t);
    const body = t > 0 ? meanBody[t - 1]! : Number.NaN;
    const range = t > 0 ? meanRange[t - 1]! : Number.NaN;
    if (!Number.isNaN(body + range + c.top + c.upper + c.lower)) {
      m.bodyNone = measures.bodyNone * range;
      m.bodyShort = measures.bodyShort * body;
      m.bodyLong = measures.bodyLong * body;
      m.wickNone = measures.wickNone * range;
      m.wickLong = measures.wickLong * body;
      m.near = measures.near * range;
      for (const [pattern, column] of patterns) column[t] = pattern(c, b, a, m) ? 1 : 0;
    }
    a = b;
    b = c;
  }
  return Object.fromEntries(out) as Record<CandlePattern, Float64Array>;
}

function candleOf(open: number, high: number, low: number, close: number): Candle {
  const top = Math.max(open, close);
  const bottom = Math.min(open, close);
  return {
    open,
    high,
    low,
    close,
    white: close > open,
    black: close < open,
    body: top - bottom,
    top,
    bottom,
    upper: high - top,
    lower: bottom - low,
  };
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
