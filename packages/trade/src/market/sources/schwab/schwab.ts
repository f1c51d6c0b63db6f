import type { SchwabApiClient } from "@sudowealth/schwab-api";
import { UsageError } from "../../../core/errors.ts";
import { DAY_MS, MINUTE_MS, timeframeName } from "../../../core/time.ts";
import { checkSymbol } from "../../instrument.ts";
import { clientLibrary } from "../clientLibrary.ts";
import type { Source } from "../source.ts";
import { exchangeDay } from "../stock/exchangeDay.ts";
import { type StockAsk, type StockVenue, stockBars } from "../stock/stockBars.ts";
import { VenueFault } from "../stock/venueFetch.ts";
import type { BarRow } from "../venueBars.ts";
import { type SchwabOptions, SchwabSession } from "./schwabSession.ts";
import { schwabSymbol } from "./schwabSymbol.ts";

export type { SchwabOptions } from "./schwabSession.ts";

/** Bar lengths of Schwab's price history: periods of days in minutes, periods of years in days. */
const MINUTES = [1, 5, 10, 15, 30] as const;
const BAR_MS = [...MINUTES.map((minutes) => minutes * MINUTE_MS), DAY_MS];

/** Range of one request: ten days of minutes, or ten years of days. */
const pageMs = (barMs: number): number => (barMs === DAY_MS ? 3650 : 10) * DAY_MS;

/** The best bid and offer and the last trade of a stock; sizes in shares. */
export interface StockQuote {
  readonly symbol: string;
  /** ms UTC */
  readonly time: number;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
  readonly last: number;
}

export interface SchwabSource extends Source {
  /** Quotes now. @throws UsageError that names the symbols that Schwab does not have */
  quotes(symbols: readonly string[], signal?: AbortSignal): Promise<readonly StockQuote[]>;
}

/**
 * US stocks, ETFs and indices from Schwab, whose prices are divided by all splits up to the day of the download and which
 * names none of them: the series is marked so, and a later split shows up as a jump that `data check` finds.
 */
export function schwabSource(options: SchwabOptions): SchwabSource {
  let connected: Promise<SchwabClient> | undefined;
  const connect = async (): Promise<SchwabClient> => {
    connected ??= connectSchwab(options).catch((thrown: unknown) => {
      connected = undefined;
      throw thrown;
    });
    return await connected;
  };
  return {
    name: "schwab",
    market: "stock",
    client: clientLibrary("@sudowealth/schwab-api"),
    provenance: "schwab (prices adjusted for splits)",
    async *fetchBars(request) {
      yield* stockBars(schwabVenue(await connect()), request);
    },
    quotes: async (symbols, signal) => await fetchQuotes(await connect(), symbols, signal),
  };
}

interface SchwabClient {
  readonly session: SchwabSession;
  readonly api: SchwabApiClient;
}

async function connectSchwab(options: SchwabOptions): Promise<SchwabClient> {
  const session = await SchwabSession.open(options);
  const { createApiClient, EnhancedTokenManager } = session.library;
  /** The library takes tokens from its own manager only; ours are held by the session. */
  class SessionTokens extends EnhancedTokenManager {
    override async getAccessToken(): Promise<string> {
      return await session.accessToken();
    }
  }
  const silent = (): void => {};
  const api = createApiClient({
    auth: new SessionTokens({ clientId: session.clientId, clientSecret: "", redirectUri: "" }),
    config: {
      ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
      enableLogging: false,
      timeout: 2 ** 31 - 1,
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    },
    middleware: {
      retry: false,
      rateLimit: false,
      custom: [(request: Request) => session.fetch.fetch(request)],
    },
  });
  return { session, api };
}

/** One request with its retries; a token that ends on the way is renewed once. */
async function call<T>(
  { session }: SchwabClient,
  asked: {
    what: string;
    symbol: string;
    signal?: AbortSignal | undefined;
    onWait?: (ms: number, t: unknown) => void;
  },
  ask: () => Promise<T>,
): Promise<T> {
  return await session.calls.call(asked, async () => {
    await session.accessToken(asked.signal);
    try {
      return await session.fetch.run(ask, asked.signal);
    } catch (thrown) {
      if (!(thrown instanceof VenueFault)) throw thrown;
      if (thrown.status !== 401) throw refusalOf(thrown, asked.symbol);
    }
    await session.renew(asked.signal);
    try {
      return await session.fetch.run(ask, asked.signal);
    } catch (thrown) {
      if (!(thrown instanceof VenueFault) || thrown.status === null) throw thrown;
      if (thrown.status !== 401) throw refusalOf(thrown, asked.symbol);
      throw new UsageError(
        `schwab does not take the renewed token (${thrown.message}): sign in with: orion data login schwab`,
      );
    }
  });
}

function refusalOf(fault: VenueFault, symbol: string): Error {
  if (fault.status === 404) return unknownSymbol(symbol);
  return fault;
}

const unknownSymbol = (symbol: string): UsageError =>
  new UsageError(`schwab has no symbol '${symbol}': write a US stock, ETF or index as SPY, BRK.B or VIX`);

function schwabVenue(client: SchwabClient): StockVenue {
  return {
    name: "schwab",
    barMs: BAR_MS,
    attempts: client.session.calls.policy.attempts,
    now: () => client.session.fetch.now(),
    pages: (ask) => schwabPages(client, ask),
  };
}

async function* schwabPages(client: SchwabClient, ask: StockAsk): AsyncGenerator<BarRow[]> {
  const { symbol, barMs, from, to, signal, progress } = ask;
  const isDaily = barMs === DAY_MS;
  const minutes = MINUTES.find((m) => m * MINUTE_MS === barMs) ?? 1;
  const asked = {
    what: `bars of ${symbol} ${timeframeName(barMs)}`,
    symbol,
    signal,
    onWait: progress.waiting,
  };
  let isEmpty = true;
  for (let at = from; at < to; at += pageMs(barMs)) {
    const end = Math.min(to, at + pageMs(barMs));
    const history = await call(client, asked, () =>
      client.api.marketData.priceHistory.getPriceHistory({
        queryParams: {
          symbol: schwabSymbol(symbol),
          periodType: isDaily ? "year" : "day",
          frequencyType: isDaily ? "daily" : "minute",
          frequency: isDaily ? 1 : minutes,
          startDate: at,
          endDate: end - 1,
          needExtendedHoursData: false,
        },
      }),
    );
    const rows = history.candles
      .map((candle) => {
        const time = candle.datetime === null ? Number.NaN : new Date(candle.datetime).getTime();
        const { open, high, low, close, volume } = candle;
        return { closeTime: (isDaily ? exchangeDay(time) : time) + barMs, open, high, low, close, volume };
      })
      // days are kept by their date: one at the edge may come with both pages
      .filter((row) => row.closeTime - barMs >= at && row.closeTime <= end);
    if (rows.length > 0) isEmpty = false;
    yield rows;
  }
  if (isEmpty) await checkKnown(client, ask);
}

/** Schwab answers with no candles for a name that it does not know: its quotes tell. */
async function checkKnown(client: SchwabClient, { symbol, signal, progress }: StockAsk): Promise<void> {
  const name = schwabSymbol(symbol);
  const asked = { what: `the listing of ${symbol}`, symbol, signal, onWait: progress.waiting };
  const answer: unknown = await call(client, asked, () =>
    client.api.marketData.quotes.getQuotes({ queryParams: { symbols: [name], fields: ["reference"] } }),
  );
  if (typeof answer === "object" && answer !== null && !(name in answer)) throw unknownSymbol(symbol);
}

async function fetchQuotes(
  client: SchwabClient,
  symbols: readonly string[],
  signal: AbortSignal | undefined,
): Promise<StockQuote[]> {
  const names = new Map(symbols.map((symbol) => [schwabSymbol(symbol), checkSymbol(symbol)]));
  const asked = { what: "quotes", symbol: [...names.values()].join(", "), signal };
  const answer: unknown = await call(client, asked, () =>
    client.api.marketData.quotes.getQuotes({
      queryParams: { symbols: [...names.keys()], fields: ["quote"] },
    }),
  );
  return [...names].map(([name, symbol]) => quoteOf(answer, name, symbol));
}

function quoteOf(answer: unknown, name: string, symbol: string): StockQuote {
  const field = (value: unknown, key: string): unknown =>
    typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  const quote = field(field(answer, name), "quote");
  if (quote === undefined) throw unknownSymbol(symbol);
  const number = (key: string): number => {
    const value = field(quote, key);
    if (value instanceof Date) return value.getTime();
    return typeof value === "number" ? value : Number.NaN;
  };
  return {
    symbol,
    time: number("quoteTime"),
    bid: number("bidPrice"),
    ask: number("askPrice"),
    bidSize: number("bidSize"),
    askSize: number("askSize"),
    last: number("lastPrice"),
  };
}
