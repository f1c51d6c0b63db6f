import type { Alpaca } from "@alpacahq/alpaca-trade-api";
import { UsageError } from "../../../core/errors.ts";
import { DEFAULT_RETRY, type RetryPolicy } from "../retry.ts";
import { judgeFault, VenueFault, VenueFetch } from "../stock/venueFetch.ts";
import { type Asked, VenueCalls } from "../venueCalls.ts";

/** `iex`: one exchange, free of charge, a few percent of all volume. `sip`: all exchanges, against a subscription. */
export const ALPACA_FEEDS = ["iex", "sip"] as const;
export type AlpacaFeed = (typeof ALPACA_FEEDS)[number];

export interface AlpacaOptions {
  /** both keys of an account, paper or live; without them Alpaca serves nothing */
  readonly keyId?: string;
  readonly secretKey?: string;
  readonly feed?: AlpacaFeed;
  /** where Alpaca is reached instead of its own hosts */
  readonly baseUrl?: string;
  /** where its streams are; default what belongs to `baseUrl`, else Alpaca's own host */
  readonly streamUrl?: string;
  readonly timeoutMs?: number;
  /** keeps below Alpaca's 200 requests a minute; default true */
  readonly rateLimit?: boolean;
  readonly retry?: Partial<RetryPolicy>;
  /** a stream without any message for so long is taken for dead while the exchange is open; default 90 s */
  readonly streamIdleMs?: number;
  /** ms UTC; default the wall clock */
  readonly clock?: () => number;
}

/** Alpaca cannot serve this: the fallback may. */
export class AlpacaRefusal extends UsageError {
  /** a few words for the log and the provenance */
  readonly reason: string;
  constructor(reason: string, mend: string) {
    super(`alpaca: ${reason}: ${mend}`);
    this.reason = reason;
  }
}

/** Alpaca's library with retries; keys appear in no error of it. */
export class AlpacaClient {
  readonly feed: AlpacaFeed;
  readonly options: AlpacaOptions;
  readonly calls: VenueCalls;
  readonly api: Alpaca;
  readonly #fetch: VenueFetch;

  private constructor(options: AlpacaOptions, api: Alpaca, fetch: VenueFetch, policy: RetryPolicy) {
    this.feed = options.feed ?? "iex";
    this.options = options;
    this.api = api;
    this.#fetch = fetch;
    this.calls = new VenueCalls("alpaca", policy, judgeFault);
  }

  /** @throws AlpacaRefusal without keys */
  static async connect(options: AlpacaOptions): Promise<AlpacaClient> {
    const { keyId, secretKey } = options;
    const missing = [
      ...(keyId ? [] : ["APCA_API_KEY_ID"]),
      ...(secretKey ? [] : ["APCA_API_SECRET_KEY"]),
    ].join(" and ");
    if (!keyId || !secretKey) {
      throw new AlpacaRefusal(
        "no keys",
        `set ${missing} (free, from alpaca.markets), or say --fallback yahoo`,
      );
    }
    const policy = { ...DEFAULT_RETRY, ...options.retry };
    const fetch = new VenueFetch("Alpaca", {
      baseUrl: options.baseUrl,
      timeoutMs: options.timeoutMs ?? 20_000,
      perMinute: options.rateLimit === false ? 0 : 190,
      policy,
      secrets: () => [keyId, secretKey],
      clock: options.clock ?? Date.now,
    });
    const { Alpaca } = await import("@alpacahq/alpaca-trade-api");
    const api = new Alpaca({
      keyId,
      secret: secretKey,
      // keys of live accounts begin with AK, those of paper accounts with PK
      paper: !keyId.startsWith("AK"),
      retry: false,
      rateLimit: false,
      timeoutMs: 0,
      fetchApi: fetch.fetch,
    });
    return new AlpacaClient(options, api, fetch, policy);
  }

  now(): number {
    return this.#fetch.now();
  }

  redact(text: string): string {
    return this.#fetch.redact(text);
  }

  /** One request with its retries. @throws AlpacaRefusal for keys and symbols that Alpaca does not take */
  async call<T>(asked: Asked & { readonly symbol: string }, ask: () => Promise<T>): Promise<T> {
    return await this.calls.call(asked, async () => {
      try {
        return await this.#fetch.run(ask, asked.signal);
      } catch (thrown) {
        if (!(thrown instanceof VenueFault)) throw thrown;
        if (thrown.status === 401 || thrown.status === 403) {
          throw new AlpacaRefusal(
            `the keys were refused (${thrown.message})`,
            "check APCA_API_KEY_ID and APCA_API_SECRET_KEY (and the feed's subscription), or say --fallback yahoo",
          );
        }
        if (thrown.status === 400 && /invalid symbol/i.test(thrown.message)) {
          throw unknownSymbol(asked.symbol);
        }
        throw thrown;
      }
    });
  }
}

export const unknownSymbol = (symbol: string): AlpacaRefusal =>
  new AlpacaRefusal(
    `it has no symbol '${symbol}'`,
    "write a US stock or ETF as Alpaca does, such as SPY or BRK.B (it has no indices), or say --fallback yahoo",
  );
