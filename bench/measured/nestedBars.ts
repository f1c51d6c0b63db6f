import { DAY_MS, HOUR_MS, MINUTE_MS, seededRandom } from "@orion/trade/core";
import { allocateBars, type BarSeries, resample, sliceBars } from "@orion/trade/market";

/** Days of one-minute bars, and days of daily bars before them. */
const MINUTE_DAYS = 110;
const DAILY_DAYS = 900;
const DAY_MINUTES = DAY_MS / MINUTE_MS;

/** The stored timeframes of one made-up symbol that trades around the clock, newest bars last, all of one price. */
export interface NestedBars {
  readonly symbol: string;
  readonly byTimeframe: Readonly<Record<"1m" | "5m" | "1h" | "1d", BarSeries>>;
}

/**
 * A seeded walk in minutes, joined to five minutes, hours and days, with a share of the market's own moves in it; before the
 * minutes a walk in days. Minutes are kept of the last two days, five minutes of the last month: what a store holds; of symbols that
 * networks learn from (`keepsMinutes`) all of them.
 */
export function nestedBars(
  symbol: string,
  seed: number,
  market: Float64Array | undefined,
  keepsMinutes = false,
): NestedBars {
  const random = seededRandom(seed);
  const noise = (): number => (random.next() + random.next() + random.next() - 1.5) * 2;
  const end = Date.UTC(2024, 0, 1);
  const minutes = allocateBars(symbol, MINUTE_DAYS * DAY_MINUTES);
  const start = end - minutes.length * MINUTE_MS;
  let price = 20 + random.below(200);
  const daily = allocateBars(symbol, DAILY_DAYS);
  for (let d = 0; d < DAILY_DAYS; d++) {
    daily.closeTime[d] = start - (DAILY_DAYS - 1 - d) * DAY_MS;
    price = put(daily, d, price, 0.02 * noise(), 0.01, 1e7 * (1 + random.next()));
  }
  for (let m = 0; m < minutes.length; m++) {
    minutes.closeTime[m] = start + (m + 1) * MINUTE_MS;
    const move = 0.0006 * noise() + 0.6 * (market?.[m] ?? 0);
    price = put(minutes, m, price, move, 0.0002, 7e3 * (1 + random.next()));
  }
  const joined = (ms: number): BarSeries => resample(minutes, MINUTE_MS, ms).bars;
  const tail = (bars: BarSeries, rows: number): BarSeries =>
    sliceBars(bars, Math.max(0, bars.length - rows), bars.length);
  return {
    symbol,
    byTimeframe: {
      "1m": tail(minutes, keepsMinutes ? minutes.length : 2 * DAY_MINUTES),
      "5m": tail(joined(5 * MINUTE_MS), keepsMinutes ? minutes.length : 30 * 288),
      "1h": joined(HOUR_MS),
      "1d": concat(daily, joined(DAY_MS)),
    },
  };
}

/** The market's own moves in minutes: what all symbols share. */
export function marketMoves(seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from(
    { length: MINUTE_DAYS * DAY_MINUTES },
    () => 0.0006 * (random.next() + random.next() - 1),
  );
}

function put(
  bars: BarSeries,
  row: number,
  open: number,
  move: number,
  shadow: number,
  volume: number,
): number {
  const close = open * (1 + move);
  bars.open[row] = open;
  bars.close[row] = close;
  bars.high[row] = Math.max(open, close) * (1 + shadow);
  bars.low[row] = Math.min(open, close) * (1 - shadow);
  bars.volume[row] = volume;
  return close;
}

function concat(a: BarSeries, b: BarSeries): BarSeries {
  const both = allocateBars(a.instrument, a.length + b.length);
  for (const name of ["closeTime", "open", "high", "low", "close", "volume"] as const) {
    both[name].set(a[name]);
    both[name].set(b[name], a.length);
  }
  return both;
}
