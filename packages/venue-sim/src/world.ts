import type { FaultPlan } from "./fault.ts";
import {
  checkSeries,
  type ServedActions,
  type ServedFunding,
  type ServedListing,
  type ServedMarket,
  type ServedOpenInterest,
  type ServedSeries,
  type VenueName,
} from "./served.ts";
import { Tape } from "./tape.ts";

/** Keys that the venues accept. Where a venue has none here, it accepts any. */
export interface SimKeys {
  readonly binance?: { readonly apiKey: string; readonly secret: string };
  readonly alpaca?: { readonly keyId: string; readonly secret: string };
  readonly schwab?: { readonly clientId: string; readonly clientSecret: string };
}

export interface LoggedRequest {
  readonly venue: VenueName;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** the simulator's clock, ms UTC */
  readonly at: number;
  /** kinds of the faults that struck */
  readonly faults: readonly string[];
}

export interface Recorded {
  readonly series: readonly ServedSeries[];
  readonly funding?: readonly ServedFunding[];
  readonly openInterest?: readonly ServedOpenInterest[];
  readonly actions?: readonly ServedActions[];
  readonly listings?: readonly ServedListing[];
}

/** What all venues share: the recorded data, one clock, one plan of faults, the keys, the log. */
export class World {
  now: number;
  readonly seed: number;
  readonly faults: FaultPlan;
  readonly keys: SimKeys;
  readonly requests: LoggedRequest[] = [];
  readonly #recorded: Recorded;
  readonly #tapes = new Map<string, Tape | null>();
  readonly #watchers = new Set<(from: number, to: number) => void>();

  constructor(recorded: Recorded, options: { now: number; seed: number; faults: FaultPlan; keys: SimKeys }) {
    for (const series of recorded.series) checkSeries(series);
    this.#recorded = recorded;
    this.now = options.now;
    this.seed = options.seed;
    this.faults = options.faults;
    this.keys = options.keys;
  }

  /** Moves the clock on; all that happens on the way is told to the streams, in order. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError("a clock goes forward");
    const from = this.now;
    this.now = from + ms;
    for (const watcher of this.#watchers) watcher(from, this.now);
  }

  /** Calls `watcher` at every move of the clock; returns how to end that. */
  watch(watcher: (from: number, to: number) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  tape(
    venue: VenueName,
    market: ServedMarket,
    symbol: string,
    price: "trade" | "mark" | "index" = "trade",
  ): Tape | null {
    const key = [venue, market, symbol, price].join("|");
    let tape = this.#tapes.get(key);
    if (tape === undefined) {
      const series = this.#of(venue, market).filter(
        (s) => s.symbol === symbol && (s.price ?? "trade") === price && s.openTime.length > 0,
      );
      tape = series.length > 0 ? new Tape(series, this.seed) : null;
      this.#tapes.set(key, tape);
    }
    return tape;
  }

  /** Symbols with trade prices at this venue, as first served. */
  symbols(venue: VenueName, market: ServedMarket): string[] {
    const traded = this.#of(venue, market).filter((s) => (s.price ?? "trade") === "trade");
    return [...new Set(traded.map((s) => s.symbol))];
  }

  funding(symbol: string): ServedFunding | undefined {
    return this.#recorded.funding?.find((f) => f.symbol === symbol);
  }

  openInterest(symbol: string): ServedOpenInterest | undefined {
    return this.#recorded.openInterest?.find((o) => o.symbol === symbol);
  }

  actions(symbol: string): ServedActions | undefined {
    return this.#recorded.actions?.find((a) => a.symbol === symbol);
  }

  listing(market: ServedMarket, symbol: string): ServedListing | undefined {
    return this.#recorded.listings?.find((l) => l.market === market && l.symbol === symbol);
  }

  isDelisted(market: ServedMarket, symbol: string): boolean {
    return (this.listing(market, symbol)?.delistedMs ?? Number.POSITIVE_INFINITY) <= this.now;
  }

  #of(venue: VenueName, market: ServedMarket): ServedSeries[] {
    return this.#recorded.series.filter(
      (s) => s.market === market && (s.venues === undefined || s.venues.includes(venue)),
    );
  }
}
