import type { binance } from "ccxt";
import { UsageError } from "../../core/errors.ts";
import { timeframeMs } from "../../core/time.ts";
import { checkSymbol } from "../instrument.ts";
import { CutAnswer, isConnectionFault, retryAfterMs } from "./connectionFault.ts";
import { DEFAULT_RETRY, type Fault, type RetryPolicy } from "./retry.ts";
import { type Asked, VenueCalls } from "./venueCalls.ts";

export type BinanceName = "binance" | "binanceusdm";

export interface BinanceOptions {
  /** where Binance's REST interface is reached instead of its own hosts, such as http://127.0.0.1:8080 */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
  /** keeps the pauses between requests that the exchange's weights ask for; default true */
  readonly rateLimit?: boolean;
  readonly retry?: Partial<RetryPolicy>;
  /** a stream without any message for so long is taken for dead; default 60 s */
  readonly streamIdleMs?: number;
  /** ms for the estimate of the time left; default the wall clock */
  readonly clock?: () => number;
}

/** ccxt's client of one of Binance's markets with its list of symbols, retries and addresses. */
export class BinanceClient {
  readonly name: BinanceName;
  readonly exchange: binance;
  readonly options: BinanceOptions;
  readonly calls: VenueCalls;
  readonly clock: () => number;
  #symbols: ReadonlySet<string> | undefined;

  private constructor(
    name: BinanceName,
    exchange: binance,
    options: BinanceOptions,
    judge: (t: unknown) => Fault,
  ) {
    this.name = name;
    this.exchange = exchange;
    this.options = options;
    this.clock = options.clock ?? Date.now;
    this.calls = new VenueCalls(name, { ...DEFAULT_RETRY, ...options.retry }, judge);
  }

  /** ccxt takes a third of a second to load: only a download pays for it. */
  static async connect(name: BinanceName, options: BinanceOptions): Promise<BinanceClient> {
    const ccxt = await import("ccxt");
    const exchange = new ccxt[name](ccxtConfig(name, options));
    if (options.baseUrl !== undefined) pointTo(exchange, options.baseUrl);
    const clock = options.clock ?? Date.now;
    const judge = (thrown: unknown): Fault => ({
      isTransient:
        thrown instanceof ccxt.OperationFailed || isConnectionFault(thrown) || thrown instanceof CutAnswer,
      askedWaitMs: askedWaitMs(exchange, clock()),
    });
    return new BinanceClient(name, exchange, options, judge);
  }

  get market(): "spot" | "futures" {
    return this.name === "binance" ? "spot" : "futures";
  }

  /** One request with its retries. */
  async call<T>(asked: Asked, ask: () => Promise<T>): Promise<T> {
    return await this.calls.call(asked, () => {
      this.exchange.last_response_headers = undefined;
      return ask();
    });
  }

  /** The symbol as the exchange writes it. @throws UsageError when it has none of that name */
  async symbol(text: string, asked: Omit<Asked, "what">): Promise<string> {
    const symbol = checkSymbol(text);
    if (this.#symbols === undefined) {
      const { exchange } = this;
      await this.call({ ...asked, what: `markets of ${symbol}` }, async () => {
        await exchange.loadMarkets(true);
        if (exchange.symbols.length === 0) throw new CutAnswer("the answer is no list of markets");
      });
      this.#symbols = new Set(Object.keys(exchange.markets_by_id ?? {}));
    }
    if (this.#symbols.has(symbol)) return symbol;
    throw new UsageError(
      `${this.name} has no symbol '${symbol}': write it as the exchange does, such as BTCUSDT`,
    );
  }

  /** The exchange's name of a bar length. @throws UsageError that lists what it has */
  interval(timeframe: string): string {
    const names = Object.keys(this.exchange.timeframes);
    const lengthMs = timeframeMs(timeframe);
    const same = names.find((name) => /^\d+[mhdw]$/.test(name) && timeframeMs(name) === lengthMs);
    if (same !== undefined) return same;
    const choice = names.filter((name) => /^\d+[mhdw]$/.test(name)).join(", ");
    throw new UsageError(`${this.name} has no ${timeframe} bars: choose one of ${choice}`);
  }

  /** The exchange's clock, ms UTC. */
  async now(asked: Omit<Asked, "what">): Promise<number> {
    return await this.call({ ...asked, what: "the time" }, async () => {
      const time = await this.exchange.fetchTime();
      if (typeof time === "number" && Number.isFinite(time)) return time;
      throw new CutAnswer("the answer is no time");
    });
  }
}

export function ccxtConfig(name: BinanceName, options: BinanceOptions): object {
  return {
    enableRateLimit: options.rateLimit ?? true,
    timeout: options.timeoutMs ?? 20_000,
    options: { fetchMarkets: { types: [name === "binance" ? "spot" : "linear"] }, fetchMargins: false },
  };
}

/** Paths stay, hosts change; each stream's host becomes a folder, since spot and futures differ in nothing else. */
export function pointTo(exchange: binance, baseUrl: string): void {
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new UsageError(`Binance's address '${baseUrl}' is not understood: write http://HOST:PORT`);
  }
  const api: unknown = exchange.urls.api;
  if (typeof api !== "object" || api === null) throw new Error("ccxt has no table of addresses");
  const origin = baseUrl.replace(/\/+$/, "");
  exchange.urls.api = moved(api, origin);
}

function moved(table: object, origin: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([part, address]: [string, unknown]) => {
      if (typeof address === "object" && address !== null) return [part, moved(address, origin)];
      if (typeof address !== "string") return [part, address];
      const url = new URL(address);
      const isStream = url.protocol === "wss:" || url.protocol === "ws:";
      return [
        part,
        isStream ? `${origin.replace(/^http/, "ws")}/${url.hostname}${url.pathname}` : origin + url.pathname,
      ];
    }),
  );
}

/** Null when the last answer did not ask for a wait. */
function askedWaitMs(exchange: binance, now: number): number | null {
  const headers: unknown = exchange.last_response_headers;
  if (typeof headers !== "object" || headers === null) return null;
  return retryAfterMs(Reflect.get(headers, "Retry-After"), now);
}
