import { timeframeMs } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import { floorToGrid } from "../timeGrid.ts";
import { streamClosedBars } from "./barStream.ts";
import { binanceBars } from "./binanceBars.ts";
import { binanceBook, binanceTrades } from "./binanceBook.ts";
import { BinanceClient, type BinanceName, type BinanceOptions } from "./binanceClient.ts";
import { binanceFunding, binanceOpenInterest } from "./binanceContracts.ts";
import { clientLibrary } from "./clientLibrary.ts";
import type { Source, StreamRequest } from "./source.ts";

export type { BinanceOptions } from "./binanceClient.ts";

/** Public market data of Binance: `binance` is spot, `binanceusdm` the USD-M perpetual futures. No key is needed. */
export function binanceSource(name: BinanceName, options: BinanceOptions = {}): Source {
  let connected: Promise<BinanceClient> | undefined;
  const connect = async (): Promise<BinanceClient> => {
    connected ??= BinanceClient.connect(name, options).catch((thrown: unknown) => {
      connected = undefined;
      throw thrown;
    });
    return await connected;
  };
  const both: Source = {
    name,
    market: name === "binance" ? "spot" : "futures",
    client: clientLibrary("ccxt"),
    async *fetchBars(request) {
      yield* binanceBars(await connect(), request);
    },
    async *streamBars(request) {
      yield* streamKlines(await connect(), request);
    },
    async snapshotBook(symbol, levels, signal) {
      return await binanceBook(await connect(), symbol, levels, signal);
    },
    async recentTrades(symbol, limit, signal) {
      return await binanceTrades(await connect(), symbol, limit, signal);
    },
  };
  if (name === "binance") return both;
  return {
    ...both,
    async *fetchMark(request) {
      yield* binanceBars(await connect(), request, "mark");
    },
    async *fetchFunding(request) {
      yield* binanceFunding(await connect(), request);
    },
    async *fetchOpenInterest(request) {
      yield* binanceOpenInterest(await connect(), request);
    },
  };
}

/** A dead connection is known after this: Binance tells of a bar that forms every 2 s at the latest while it trades. */
const STREAM_IDLE_MS = 60_000;

async function* streamKlines(client: BinanceClient, request: StreamRequest): AsyncGenerator<BarSeries> {
  const { signal } = request;
  const { openKlines } = await import("./binanceKlineSocket.ts");
  const interval = client.interval(request.timeframe);
  const barMs = timeframeMs(interval);
  const starts = new Map<string, number>();
  for (const text of new Set(request.symbols)) {
    const symbol = await client.symbol(text, { signal });
    const since = request.since?.[symbol];
    const start = since === undefined ? await client.now({ signal }) : since + barMs - 1;
    starts.set(symbol, floorToGrid(start, barMs));
  }
  const symbols = [...starts.keys()];
  yield* streamClosedBars(
    {
      name: client.name,
      policy: client.calls.policy,
      idleMs: client.options.streamIdleMs ?? STREAM_IDLE_MS,
      open: (onMessage, stop) => openKlines(client, symbols, interval, onMessage, stop),
      fetch: (symbol, since, until) =>
        binanceBars(client, {
          symbol,
          timeframe: interval,
          since,
          ...(until === undefined ? {} : { until }),
          ...(signal ? { signal } : {}),
        }),
    },
    request,
    barMs,
    starts,
  );
}
