import { timeframeLength } from "./timeframe.ts";

export type VenueName = "binance" | "alpaca" | "schwab" | "yahoo";
export const VENUES: readonly VenueName[] = ["binance", "alpaca", "schwab", "yahoo"];

/** `spot` and `futures` (USD-M perpetual) are served by Binance; `stock` by Alpaca, Schwab and Yahoo. */
export type ServedMarket = "spot" | "futures" | "stock";

/** Recorded bars in plain columns, oldest first: all bars that will ever be; those after the clock are not served yet. */
export interface ServedSeries {
  readonly market: ServedMarket;
  /** the venue's own name: BTCUSDT, AAPL, ^VIX */
  readonly symbol: string;
  /** `1m` `5m` `1h` `1d` `1w` …; others are resampled from the finest that goes on longest */
  readonly timeframe: string;
  /** `mark` and `index` are price series of a future, without volume; default `trade` */
  readonly price?: "trade" | "mark" | "index";
  /** only these venues serve it (two sources that disagree are two series); default: all of its market */
  readonly venues?: readonly VenueName[];
  /** ms UTC of each bar's start; of a daily stock bar 00:00 of its trading day, UTC or New York */
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Funding payments of a USD-M perpetual: rate as a fraction of the position, oldest first. */
export interface ServedFunding {
  readonly symbol: string;
  readonly time: Float64Array;
  readonly rate: Float64Array;
  /** NaN or absent: the last price stands in */
  readonly markPrice?: Float64Array;
}

/** Open interest of a USD-M perpetual, in contracts and in quote currency, oldest first (the venue keeps 5m steps). */
export interface ServedOpenInterest {
  readonly symbol: string;
  readonly time: Float64Array;
  readonly contracts: Float64Array;
  readonly value: Float64Array;
}

/** Corporate actions of a stock; times are ms UTC of the ex-day's start. */
export interface ServedActions {
  readonly symbol: string;
  readonly dividends?: readonly { readonly time: number; readonly amount: number }[];
  /** 4-for-1 is numerator 4, denominator 1 */
  readonly splits?: readonly {
    readonly time: number;
    readonly numerator: number;
    readonly denominator: number;
  }[];
}

/** What a venue says of a symbol beyond its bars. */
export interface ServedListing {
  readonly symbol: string;
  readonly market: ServedMarket;
  readonly name?: string;
  readonly listedMs?: number;
  /** from then on the venue answers as it does for delisted symbols */
  readonly delistedMs?: number;
  /** smallest price step and smallest quantity step; default: read off the bars' decimals */
  readonly tickSize?: number;
  readonly stepSize?: number;
}

/** @throws RangeError naming series and row for columns of unequal length, times out of order, prices not positive. */
export function checkSeries(series: ServedSeries): void {
  const name = `${series.market} ${series.symbol} ${series.timeframe}`;
  timeframeLength(series.timeframe);
  const { openTime, open, high, low, close, volume } = series;
  for (const [column, values] of Object.entries({ open, high, low, close, volume })) {
    if (values.length !== openTime.length) {
      throw new RangeError(`${name}: ${openTime.length} times and ${values.length} values of ${column}`);
    }
  }
  for (let i = 0; i < openTime.length; i++) {
    const isBar = open[i]! > 0 && high[i]! > 0 && low[i]! > 0 && close[i]! > 0 && volume[i]! >= 0;
    if (!isBar || !Number.isFinite(open[i]! + high[i]! + low[i]! + close[i]! + volume[i]!)) {
      throw new RangeError(`${name}: row ${i} is no bar: prices must be positive, volume not negative`);
    }
    if (!Number.isFinite(openTime[i]!) || (i > 0 && openTime[i]! <= openTime[i - 1]!)) {
      throw new RangeError(`${name}: row ${i} is not later than the row before it`);
    }
  }
}
