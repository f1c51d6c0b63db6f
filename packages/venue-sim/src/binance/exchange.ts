import type { Call } from "../dialect.ts";
import { seedOf } from "../fault.ts";
import type { Tape } from "../tape.ts";
import type { World } from "../world.ts";
import { missing, refuse } from "./refusal.ts";

export type BinanceMarket = "spot" | "futures";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A listen key lives this long after its creation or its last keepalive. */
export const LISTEN_KEY_MS = HOUR_MS;

export const marketOf = (path: string): BinanceMarket => (path.startsWith("/api/") ? "spot" : "futures");

/** What Binance remembers between requests: used weight, listen keys. */
export class BinanceExchange {
  readonly world: World;
  /** listen key → until when it lives, ms of the simulated clock */
  readonly listenKeys = new Map<string, { market: BinanceMarket; until: number }>();
  readonly #used = { spot: { minute: -1, weight: 0 }, futures: { minute: -1, weight: 0 } };
  #keysMade = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Counts a request's weight in the current minute of the simulated clock. */
  weigh(call: Call, weight: number): void {
    const used = this.#used[marketOf(call.path)];
    const minute = Math.floor(call.now / MINUTE_MS);
    if (used.minute !== minute) {
      used.minute = minute;
      used.weight = 0;
    }
    used.weight += weight;
  }

  weightHeaders(call: Call): Record<string, string> {
    const { weight } = this.#used[marketOf(call.path)];
    return {
      ...(marketOf(call.path) === "spot" ? { "x-mbx-used-weight": String(weight) } : {}),
      "x-mbx-used-weight-1m": String(weight),
    };
  }

  /** The tape of the symbol that the request names, or the venue's refusal. */
  tape(call: Call, price: "trade" | "mark" | "index" = "trade", parameter = "symbol"): Tape {
    const symbol = call.query.get(parameter);
    if (!symbol) return missing(parameter);
    return this.find(marketOf(call.path), symbol, price) ?? refuse(400, -1121, "Invalid symbol.");
  }

  /** The same for what only a symbol that still trades has: book, trades, tickers. */
  live(call: Call): Tape {
    const tape = this.tape(call);
    if (this.world.isDelisted(tape.market, tape.symbol)) refuse(400, -1121, "Invalid symbol.");
    return tape;
  }

  find(market: BinanceMarket, symbol: string, price: "trade" | "mark" | "index" = "trade"): Tape | null {
    return this.world.tape("binance", market, symbol, price);
  }

  symbols(market: BinanceMarket): string[] {
    return this.world.symbols("binance", market);
  }

  createListenKey(market: BinanceMarket): string {
    // an account has one key: asking again gives the same one and a new hour
    for (const [key, { market: of, until }] of this.listenKeys) {
      if (of !== market || until <= this.world.now) continue;
      this.listenKeys.set(key, { market, until: this.world.now + LISTEN_KEY_MS });
      return key;
    }
    const number = this.#keysMade++;
    const parts = Array.from({ length: 8 }, (_, i) =>
      seedOf(this.world.seed, "listenKey", market, number, i).toString(36).padStart(8, "0").slice(-8),
    );
    const key = parts.join("");
    this.listenKeys.set(key, { market, until: this.world.now + LISTEN_KEY_MS });
    return key;
  }
}
