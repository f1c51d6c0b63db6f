import type { binance } from "ccxt";
import { DataError, messageOf, UsageError } from "../../core/errors.ts";
import { isoTime, timeframeMs } from "../../core/time.ts";
import { barFault } from "../barFault.ts";
import { allocateBars, type BarSeries } from "../bars.ts";
import { checkSymbol } from "../instrument.ts";
import { floorToGrid, isOnGrid } from "../timeGrid.ts";
import { DEFAULT_RETRY, type Fault, type RetryPolicy, withRetries } from "./retry.ts";
import type { FetchRequest, Source } from "./source.ts";

/** Bars a request: the most that spot gives; futures would give 1500, which weighs twice as much. */
const PAGE_BARS = 1000;

export interface BinanceOptions {
  /** where Binance's REST interface is reached instead of its own hosts, such as http://127.0.0.1:8080 */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
  /** keeps the pauses between requests that the exchange's weights ask for; default true */
  readonly rateLimit?: boolean;
  readonly retry?: Partial<RetryPolicy>;
  /** ms for the estimate of the time left; default the wall clock */
  readonly clock?: () => number;
}

/** Public market data of Binance: `binance` is spot, `binanceusdm` the USD-M perpetual futures. No key is needed. */
export function binanceSource(name: "binance" | "binanceusdm", options: BinanceOptions = {}): Source {
  let client: Promise<Client> | undefined;
  return {
    name,
    market: name === "binance" ? "spot" : "futures",
    async *fetchBars(request) {
      client ??= connect(name, options).catch((thrown: unknown) => {
        client = undefined;
        throw thrown;
      });
      yield* fetchPages(await client, request);
    },
  };
}

interface Client {
  readonly name: string;
  readonly exchange: binance;
  readonly policy: RetryPolicy;
  readonly clock: () => number;
  readonly judge: (thrown: unknown) => Fault;
  isAnswered: boolean;
  markets: ReadonlySet<string> | undefined;
  /** of the fetch that runs, for what is told while waiting */
  reached: { done: number; total: number | null };
}

/** ccxt takes a third of a second to load: only a download pays for it. */
async function connect(name: "binance" | "binanceusdm", options: BinanceOptions): Promise<Client> {
  const ccxt = await import("ccxt");
  const exchange = new ccxt[name]({
    enableRateLimit: options.rateLimit ?? true,
    timeout: options.timeoutMs ?? 20_000,
    options: { fetchMarkets: { types: [name === "binance" ? "spot" : "linear"] }, fetchMargins: false },
  });
  if (options.baseUrl !== undefined) pointTo(exchange, options.baseUrl);
  const judge = (thrown: unknown): Fault => ({
    isTransient:
      thrown instanceof ccxt.OperationFailed || isConnectionFault(thrown) || thrown instanceof CutAnswer,
    askedWaitMs: retryAfterMs(exchange),
  });
  return {
    name,
    exchange,
    policy: { ...DEFAULT_RETRY, ...options.retry },
    clock: options.clock ?? Date.now,
    judge,
    isAnswered: false,
    markets: undefined,
    reached: { done: 0, total: null },
  };
}

/** A body that is no list of bars: a proxy's page, or JSON that ends too early. */
class CutAnswer extends Error {}

/** A connection that ended before or within an answer: fetch throws it raw, with the socket's code or as its cause. */
function isConnectionFault(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code = "code" in thrown ? String(thrown.code) : "";
  return (
    /^(UND_ERR_|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)/.test(code) ||
    isConnectionFault(thrown.cause)
  );
}

function pointTo(exchange: binance, baseUrl: string): void {
  if (!/^https?:\/\//.test(baseUrl)) {
    throw new UsageError(`Binance's address '${baseUrl}' is not understood: write http://HOST:PORT`);
  }
  const api: unknown = exchange.urls.api;
  if (typeof api !== "object" || api === null) throw new Error("ccxt has no table of addresses");
  const origin = baseUrl.replace(/\/+$/, "");
  exchange.urls.api = Object.fromEntries(
    Object.entries(api).map(([part, url]) => [part, origin + new URL(String(url)).pathname]),
  );
}

/** Binance asks in seconds; null when the last answer did not ask for a wait. */
function retryAfterMs(exchange: binance): number | null {
  const headers: unknown = exchange.last_response_headers;
  if (typeof headers !== "object" || headers === null) return null;
  const value: unknown = Reflect.get(headers, "Retry-After");
  if (typeof value !== "string" || value.trim() === "") return null;
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

async function* fetchPages(client: Client, request: FetchRequest): AsyncGenerator<BarSeries> {
  const { exchange } = client;
  const barMs = timeframeMs(request.timeframe);
  const symbol = checkSymbol(request.symbol);
  if (!(request.timeframe in exchange.timeframes)) {
    throw new UsageError(
      `${client.name} has no ${request.timeframe} bars: choose one of ${Object.keys(exchange.timeframes).join(", ")}`,
    );
  }
  if (client.markets === undefined) {
    await call(client, request, "markets", async () => {
      await exchange.loadMarkets(true);
      if (exchange.symbols.length === 0) throw new CutAnswer("the answer is no list of markets");
    });
    client.markets = new Set(Object.keys(exchange.markets_by_id ?? {}));
  }
  if (!client.markets.has(symbol)) {
    throw new UsageError(
      `${client.name} has no symbol '${symbol}': write it as the exchange does, such as BTCUSDT`,
    );
  }
  // the exchange's own clock says which bar is closed: a local clock that is ahead must not close one early
  const now = await call(client, request, "time", async () => {
    const time = await exchange.fetchTime();
    if (typeof time === "number" && Number.isFinite(time)) return time;
    throw new CutAnswer("the answer is no time");
  });
  const first = floorToGrid(request.since + barMs - 1, barMs);
  const end = floorToGrid(Math.min(request.until ?? now, now), barMs);
  const total = Math.max(0, Math.round((end - first) / barMs));
  const startedAt = client.clock();
  const report = (next: number): void => {
    const done = Math.min(total, Math.round((next - first) / barMs));
    client.reached = { done, total };
    const spent = (client.clock() - startedAt) / 1000;
    request.onProgress?.({
      stage: `download ${symbol} ${request.timeframe}`,
      done,
      total,
      secondsLeft: done > 0 ? (spent / done) * (total - done) : null,
      note: `up to ${isoTime(next)}`,
    });
  };
  report(first);
  for (let next = first; next < end; ) {
    const page = await call(client, request, "bars", async () => {
      // the plain call, not fetchOHLCV: that turns a body which ends too early into an empty list, as if all were fetched
      const query = {
        symbol,
        interval: request.timeframe,
        startTime: next,
        endTime: end - barMs,
        limit: PAGE_BARS,
      };
      const answer: unknown =
        client.name === "binance"
          ? await exchange.publicGetKlines(query)
          : await exchange.fapiPublicGetKlines(query);
      if (isTable(answer)) return answer;
      throw new CutAnswer("the answer is no list of bars");
    });
    const bars = toBars(page, { symbol, barMs, next, end, name: client.name });
    if (bars.length === 0) {
      report(end);
      return;
    }
    next = bars.closeTime[bars.length - 1]!;
    report(next);
    yield bars;
  }
}

/** One request with its retries; what still fails is told in one line. */
async function call<T>(
  client: Client,
  request: FetchRequest,
  what: string,
  ask: () => Promise<T>,
): Promise<T> {
  const { exchange, policy } = client;
  try {
    const answer = await withRetries(
      () => {
        exchange.last_response_headers = undefined;
        return ask();
      },
      {
        policy,
        attempts: client.isAnswered ? policy.attempts : policy.firstContactAttempts,
        judge: client.judge,
        signal: request.signal,
        onWait: (ms, thrown) =>
          request.onProgress?.({
            stage: `download ${request.symbol} ${request.timeframe}`,
            ...client.reached,
            secondsLeft: null,
            note: `waiting ${Math.ceil(ms / 1000)} s before trying again: ${messageOf(thrown).slice(0, 200)}`,
          }),
      },
    );
    client.isAnswered = true;
    return answer;
  } catch (thrown) {
    if (thrown instanceof UsageError || thrown instanceof DataError || request.signal?.aborted) throw thrown;
    const { isTransient, askedWaitMs } = client.judge(thrown);
    const reason = messageOf(thrown).slice(0, 300);
    if (askedWaitMs !== null && askedWaitMs > policy.longestAskedWaitMs) {
      throw new DataError(
        `${client.name} asks to wait ${Math.ceil(askedWaitMs / 60_000)} min before the next request (${reason}): ` +
          "run the download again then, it goes on where it stopped",
        { cause: thrown },
      );
    }
    if (isTransient) {
      throw new DataError(
        `${client.name} cannot be reached for ${what} of ${request.symbol} (${reason}): ` +
          "check the network and run again, the download goes on where it stopped",
        { cause: thrown },
      );
    }
    throw new DataError(
      `${client.name} refused ${what} of ${request.symbol} ${request.timeframe}: ${reason}`,
      {
        cause: thrown,
      },
    );
  }
}

function isTable(answer: unknown): answer is unknown[][] {
  return Array.isArray(answer) && answer.every((row) => Array.isArray(row));
}

function toBars(
  page: readonly (readonly unknown[])[],
  asked: { symbol: string; barMs: number; next: number; end: number; name: string },
): BarSeries {
  const rows = page
    .map((row) => row.map(Number))
    .filter(([start]) => start! >= asked.next && start! + asked.barMs <= asked.end);
  const bars = allocateBars(asked.symbol, rows.length);
  let before = asked.next - asked.barMs;
  for (const [i, row] of rows.entries()) {
    const [start, open, high, low, close, volume] = row as [number, number, number, number, number, number];
    const fault = barFault(open, high, low, close, volume ?? Number.NaN);
    const timeFault =
      start <= before || !isOnGrid(start, asked.barMs) ? "its time is out of order or off the grid" : null;
    if (fault ?? timeFault) {
      throw new DataError(
        `${asked.name} gave a ${asked.symbol} bar at ${isoTime(start)} that is none: ${fault ?? timeFault}`,
      );
    }
    before = start;
    bars.closeTime[i] = start + asked.barMs;
    bars.open[i] = open;
    bars.high[i] = high;
    bars.low[i] = low;
    bars.close[i] = close;
    bars.volume[i] = volume;
  }
  return bars;
}
