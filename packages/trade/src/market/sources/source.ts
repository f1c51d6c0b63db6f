import type { OnProgress } from "../../core/progress.ts";
import type { PriceFactors } from "../actions/priceFactors.ts";
import type { BarSeries } from "../bars.ts";
import type { FundingSeries } from "../funding.ts";
import type { Market } from "../instrument.ts";
import type { OpenInterestSeries } from "../openInterest.ts";
import type { OrderBook, Trade } from "../orderBook.ts";

/** What a client library calls itself; stored beside what it fetched. */
export interface ClientLibrary {
  readonly name: string;
  readonly version: string;
}

/** What is fetched and for which time, without the length of a bar. */
export interface HistoryRequest {
  /** as the exchange calls it: BTCUSDT */
  readonly symbol: string;
  /** the first bar starts at or after this, ms UTC */
  readonly since: number;
  /** the last bar is closed at or before this, ms UTC; default now */
  readonly until?: number;
  readonly onProgress?: OnProgress;
  /** ends the fetch at the next page or wait; the fetch then throws the signal's reason */
  readonly signal?: AbortSignal;
}

export interface FetchRequest extends HistoryRequest {
  /** such as 5m */
  readonly timeframe: string;
}

export interface StreamRequest {
  readonly symbols: readonly string[];
  readonly timeframe: string;
  /** ms UTC a symbol, start of the first bar wanted; default the bar that forms when the stream begins */
  readonly since?: Readonly<Record<string, number>>;
  /** ends the stream, which then returns */
  readonly signal?: AbortSignal;
  /** told of every disconnection, gap and wait, in words */
  readonly onNote?: (note: string) => void;
}

/**
 * Where bars come from. `fetchBars` gives them in pages, oldest first: finite, on the grid of the timeframe, times
 * strictly ascending over all pages, closed bars only. A fault of the network is tried again before it is thrown.
 * The other fetches keep the same promises; a source leaves out what its venue does not have.
 */
export interface Source {
  readonly name: string;
  readonly market: Market;
  /** the library that speaks to the venue */
  readonly client?: ClientLibrary;
  /** where the bars came from, in words, for their provenance; of the last fetch; default the name */
  readonly provenance?: string;
  /** @throws UsageError for a symbol or timeframe that the source does not have, DataError when it cannot be reached */
  fetchBars(request: FetchRequest): AsyncIterable<BarSeries>;
  /** bars of the mark price; their volume is NaN */
  fetchMark?(request: FetchRequest): AsyncIterable<BarSeries>;
  /** Splits and dividends from `since` on, as factors of the raw prices; no rows where there are none. */
  fetchActions?(request: HistoryRequest): Promise<PriceFactors>;
  fetchFunding?(request: HistoryRequest): AsyncIterable<FundingSeries>;
  /** open interest at the end of each step of the timeframe */
  fetchOpenInterest?(request: FetchRequest): AsyncIterable<OpenInterestSeries>;
  /** Closed bars as they close, of each symbol in order, none missing and none twice, whatever the connection does. */
  streamBars?(request: StreamRequest): AsyncIterable<BarSeries>;
  /** the best `levels` of both sides now */
  snapshotBook?(symbol: string, levels: number, signal?: AbortSignal): Promise<OrderBook>;
  /** the newest trades, oldest first */
  recentTrades?(symbol: string, limit: number, signal?: AbortSignal): Promise<readonly Trade[]>;
}
