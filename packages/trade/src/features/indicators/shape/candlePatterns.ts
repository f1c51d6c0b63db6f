import { z } from "zod";
import { bars, indicator, number } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/** One bar in the words of candlestick charts. */
interface Candle {
  open: number;
  high: number;
  low: number;
  close: number;
  white: boolean;
  black: boolean;
  body: number;
  top: number;
  bottom: number;
  upper: number;
  lower: number;
}

/** What counts as small and large where the current bar stands, in units of price, and what of it the bar is. */
interface Measure {
  bodyNone: number;
  bodyShort: number;
  bodyLong: number;
  near: number;
  none: boolean;
  short: boolean;
  long: boolean;
  noUpper: boolean;
  noLower: boolean;
  longUpper: boolean;
  longLower: boolean;
}

/** Whether the bar `c` completes the pattern, `b` and `a` the bars before it. */
type Pattern = (c: Candle, b: Candle, a: Candle, m: Measure) => boolean;

const opensInside = (c: Candle, b: Candle): boolean => c.open < b.top && c.open > b.bottom;
const umbrella = (m: Measure): boolean => m.short && m.noUpper && m.longLower;
const inverted = (m: Measure): boolean => m.short && m.longUpper && m.noLower;
const shaven = (m: Measure): boolean => m.long && m.noUpper && m.noLower;

/** A long white candle, a small body that gaps up from it, a black one that gaps down again and closes below the first. */
const evening = (c: Candle, b: Candle, a: Candle, m: Measure, largest: number): boolean =>
  c.black &&
  a.white &&
  a.body > m.bodyLong &&
  b.body < largest &&
  b.bottom >= a.top &&
  c.top <= b.bottom &&
  c.close <= a.close;
const morning = (c: Candle, b: Candle, a: Candle, m: Measure, largest: number): boolean =>
  c.white &&
  a.black &&
  a.body > m.bodyLong &&
  b.body < largest &&
  b.top <= a.bottom &&
  c.bottom >= b.top &&
  c.close >= a.close;

const PATTERNS = {
  doji: (_c, _b, _a, m) => m.none,
  dragonflyDoji: (_c, _b, _a, m) => m.none && m.noUpper && m.longLower,
  gravestoneDoji: (_c, _b, _a, m) => m.none && m.longUpper && m.noLower,
  longLeggedDoji: (_c, _b, _a, m) => m.none && m.longUpper && m.longLower,
  fourPriceDoji: (_c, _b, _a, m) => m.none && m.noUpper && m.noLower,
  spinningTop: (c, _b, _a, m) => m.short && c.upper > c.body && c.lower > c.body,
  marubozu: (_c, _b, _a, m) => shaven(m),
  whiteMarubozu: (c, _b, _a, m) => c.white && shaven(m),
  blackMarubozu: (c, _b, _a, m) => c.black && shaven(m),
  bigWhiteCandle: (c, _b, _a, m) => c.white && m.long,
  bigBlackCandle: (c, _b, _a, m) => c.black && m.long,
  hammer: (c, b, _a, m) => umbrella(m) && c.bottom <= b.low + m.near,
  hangingMan: (c, b, _a, m) => umbrella(m) && c.bottom >= b.high - m.near,
  invertedHammer: (c, b, _a, m) => inverted(m) && c.top <= b.bottom,
  shootingStar: (c, b, _a, m) => inverted(m) && c.bottom >= b.top,
  star: (c, b) => c.low >= b.high || c.high <= b.low,
  engulfingBull: (c, b) => c.white && b.black && c.close > b.open && c.open < b.close,
  engulfingBear: (c, b) => c.black && b.white && c.close < b.open && c.open > b.close,
  morningStar: (c, b, a, m) => morning(c, b, a, m, m.bodyShort),
  morningDojiStar: (c, b, a, m) => morning(c, b, a, m, m.bodyNone),
  eveningStar: (c, b, a, m) => evening(c, b, a, m, m.bodyShort),
  eveningDojiStar: (c, b, a, m) => evening(c, b, a, m, m.bodyNone),
  abandonedBabyBull: (c, b, a, m) =>
    c.white &&
    a.black &&
    a.body > m.bodyLong &&
    b.body < m.bodyNone &&
    b.high <= a.low &&
    c.low >= b.high &&
    c.close >= a.close,
  abandonedBabyBear: (c, b, a, m) =>
    c.black &&
    a.white &&
    a.body > m.bodyLong &&
    b.body < m.bodyNone &&
    b.low >= a.high &&
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
  const m = emptyMeasure();
  let a = emptyCandle();
  let b = emptyCandle();
  let c = emptyCandle();
  for (let t = 0; t < close.length; t++) {
    fill(c, open[t]!, high[t]!, low[t]!, close[t]!);
    const body = t > 0 ? meanBody[t - 1]! : Number.NaN;
    const range = t > 0 ? meanRange[t - 1]! : Number.NaN;
    if (!Number.isNaN(body + range + c.upper + c.lower)) {
      weigh(m, c, measures, body, range);
      for (let p = 0; p < patterns.length; p++) {
        patterns[p]![1][t] = patterns[p]![0](c, b, a, m) ? 1 : 0;
      }
    }
    const spent = a;
    a = b;
    b = c;
    c = spent;
  }
  return Object.fromEntries(out) as Record<CandlePattern, Float64Array>;
}

function emptyCandle(): Candle {
  const candle = { open: 0, high: 0, low: 0, close: 0, white: false, black: false };
  return { ...candle, body: 0, top: 0, bottom: 0, upper: 0, lower: 0 };
}

function fill(candle: Candle, open: number, high: number, low: number, close: number): void {
  candle.open = open;
  candle.high = high;
  candle.low = low;
  candle.close = close;
  candle.white = close > open;
  candle.black = close < open;
  candle.top = Math.max(open, close);
  candle.bottom = Math.min(open, close);
  candle.body = candle.top - candle.bottom;
  candle.upper = high - candle.top;
  candle.lower = candle.bottom - low;
}

function emptyMeasure(): Measure {
  const shadows = { noUpper: false, noLower: false, longUpper: false, longLower: false };
  return {
    bodyNone: 0,
    bodyShort: 0,
    bodyLong: 0,
    near: 0,
    none: false,
    short: false,
    long: false,
    ...shadows,
  };
}

/** What the bar `c` is, measured by the mean body and the mean range of the bars before it. */
function weigh(m: Measure, c: Candle, measures: CandleMeasures, body: number, range: number): void {
  m.bodyNone = measures.bodyNone * range;
  m.bodyShort = measures.bodyShort * body;
  m.bodyLong = measures.bodyLong * body;
  m.near = measures.near * range;
  m.none = c.body < m.bodyNone;
  m.short = c.body < m.bodyShort;
  m.long = c.body > m.bodyLong;
  m.noUpper = c.upper < measures.wickNone * range;
  m.noLower = c.lower < measures.wickNone * range;
  m.longUpper = c.upper > measures.wickLong * body;
  m.longLower = c.lower > measures.wickLong * body;
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
