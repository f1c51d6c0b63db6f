import type { OnProgress } from "../../core/progress.ts";
import type { BarSeries } from "../bars.ts";
import type { Market } from "../instrument.ts";

export interface FetchRequest {
  /** as the exchange calls it: BTCUSDT */
  readonly symbol: string;
  /** such as 5m */
  readonly timeframe: string;
  /** the first bar starts at or after this, ms UTC */
  readonly since: number;
  /** the last bar is closed at or before this, ms UTC; default now */
  readonly until?: number;
  readonly onProgress?: OnProgress;
  /** ends the fetch at the next page or wait; `fetchBars` then throws the signal's reason */
  readonly signal?: AbortSignal;
}

/**
 * Where bars come from. `fetchBars` gives them in pages, oldest first: finite, on the grid of the timeframe, times
 * strictly ascending over all pages, closed bars only. A fault of the network is tried again before it is thrown.
 */
export interface Source {
  readonly name: string;
  readonly market: Market;
  /** @throws UsageError for a symbol or timeframe that the source does not have, DataError when it cannot be reached */
  fetchBars(request: FetchRequest): AsyncIterable<BarSeries>;
}
