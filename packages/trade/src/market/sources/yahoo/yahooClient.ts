import { z } from "zod";
import { UsageError } from "../../../core/errors.ts";
import { CutAnswer } from "../connectionFault.ts";
import { DEFAULT_RETRY, type RetryPolicy } from "../retry.ts";
import { judgeFault, VenueFault, VenueFetch } from "../stock/venueFetch.ts";
import { type Asked, VenueCalls } from "../venueCalls.ts";

export interface YahooOptions {
  /** where Yahoo is reached instead of its own hosts */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
  /** a request a second: Yahoo says no number, and bars addresses that ask faster for long; default true */
  readonly rateLimit?: boolean;
  readonly retry?: Partial<RetryPolicy>;
  /** ms UTC; default the wall clock */
  readonly clock?: () => number;
}

const price = z.number().nullish();
const chartSchema = z.object({
  quotes: z.array(
    z.object({ date: z.date(), open: price, high: price, low: price, close: price, volume: price }),
  ),
  events: z
    .object({
      splits: z
        .array(
          z.object({ date: z.date(), numerator: z.number().positive(), denominator: z.number().positive() }),
        )
        .optional(),
      dividends: z.array(z.object({ date: z.date(), amount: z.number() })).optional(),
    })
    .optional(),
});
export type YahooChart = z.output<typeof chartSchema>;

export type YahooInterval = "1m" | "2m" | "5m" | "15m" | "30m" | "1d";

interface ChartLibrary {
  chart(symbol: string, query: object, options: { validateResult: false }): Promise<unknown>;
}

/** The library yahoo-finance2 with retries. */
export class YahooClient {
  readonly calls: VenueCalls;
  readonly #library: ChartLibrary;
  readonly #fetch: VenueFetch;

  private constructor(library: ChartLibrary, fetch: VenueFetch, policy: RetryPolicy) {
    this.#library = library;
    this.#fetch = fetch;
    this.calls = new VenueCalls("yahoo", policy, judgeFault);
  }

  static async connect(options: YahooOptions): Promise<YahooClient> {
    const policy = { ...DEFAULT_RETRY, ...options.retry };
    const fetch = new VenueFetch("Yahoo", {
      baseUrl: options.baseUrl,
      timeoutMs: options.timeoutMs ?? 20_000,
      perMinute: options.rateLimit === false ? 0 : 60,
      policy,
      secrets: () => [],
      clock: options.clock ?? Date.now,
    });
    const { default: YahooFinance } = await import("yahoo-finance2");
    const silent = (): void => {};
    const library: ChartLibrary = new YahooFinance({
      versionCheck: false,
      suppressNotices: ["yahooSurvey"],
      validation: { logErrors: false, logOptionsErrors: false },
      logger: { info: silent, warn: silent, error: silent, debug: silent, dir: silent },
      fetch: fetch.fetch,
    });
    return new YahooClient(library, fetch, policy);
  }

  now(): number {
    return this.#fetch.now();
  }

  /**
   * Rows and events of [from, to) (ms UTC), as Yahoo gives them: adjusted for splits.
   * @throws UsageError for a symbol that Yahoo does not have, or has no more
   */
  async chart(
    asked: Asked & { readonly symbol: string },
    name: string,
    query: { readonly from: number; readonly to: number; readonly interval: YahooInterval },
  ): Promise<YahooChart> {
    return await this.calls.call(asked, async () => {
      try {
        const answer = await this.#fetch.run(
          () =>
            this.#library.chart(
              // an index's ^ is no character of an address
              encodeURIComponent(name),
              {
                period1: new Date(query.from),
                period2: new Date(query.to),
                interval: query.interval,
                includePrePost: false,
                events: "div|split",
                return: "array",
              },
              { validateResult: false },
            ),
          asked.signal,
        );
        const parsed = chartSchema.safeParse(answer);
        if (!parsed.success) throw new CutAnswer("the answer is no chart");
        return parsed.data;
      } catch (thrown) {
        // so Yahoo says that a range lies before the listing, or in a weekend
        const isEmpty = thrown instanceof VenueFault && /Data doesn't exist/.test(thrown.message);
        if (isEmpty && thrown.status === 400) return { quotes: [] };
        if (thrown instanceof VenueFault && thrown.status !== null)
          throw refusalOf(thrown, asked.symbol, name);
        throw thrown;
      }
    });
  }
}

function refusalOf(fault: VenueFault, symbol: string, name: string): Error {
  if (fault.status === 404) {
    return new UsageError(
      `yahoo has no symbol '${symbol}'${name === symbol ? "" : ` (${name})`}, or has it no more: it drops the whole history of what is delisted; ` +
        "indices are VIX, SPX, NDX …, others _NAME",
    );
  }
  return fault;
}
