import type { AddressInfo } from "node:net";
import { alpacaDialect } from "./alpaca/dialect.ts";
import { binanceDialect } from "./binance/dialect.ts";
import type { Dialect } from "./dialect.ts";
import { type Fault, FaultPlan } from "./fault.ts";
import { schwabDialect } from "./schwab/dialect.ts";
import { serveDialect } from "./serveDialect.ts";
import type { VenueName } from "./served.ts";
import { type LoggedRequest, type Recorded, type SimKeys, World } from "./world.ts";
import { yahooDialect } from "./yahoo/dialect.ts";

export interface StartOptions extends Recorded {
  readonly venues: readonly VenueName[];
  /** the clock's first reading, ms UTC; it stands still and is stepped by `advance`, unless `speed` makes it run */
  readonly now: number;
  /** simulated ms for each ms of real time; 0, the default, stands still */
  readonly speed?: number;
  readonly faults?: readonly Fault[];
  readonly keys?: SimKeys;
  /** of all that is invented inside a bar and of the faults' dice; default 1 */
  readonly seed?: number;
  /** ports on 127.0.0.1; default: any that is free */
  readonly ports?: Partial<Record<VenueName, number>>;
}

export type StreamName = "binance" | "binanceusdm" | "alpaca";

export interface VenueSim {
  /** where a venue's REST interface is reached, such as http://127.0.0.1:41234 */
  url(venue: VenueName): string;
  /**
   * Base of a venue's streams: append /ws or /stream for Binance, /v2/iex for Alpaca. Spot and futures have a host each at
   * Binance, whose name is a folder here.
   */
  streamUrl(stream: StreamName): string;
  /** every request so far, in order */
  readonly requests: readonly LoggedRequest[];
  /** the simulated clock, ms UTC */
  readonly now: number;
  /** replaces all faults; their counters begin anew */
  setFaults(faults: readonly Fault[]): void;
  /** moves the clock on by `ms`, and sends what happens on the way to the streams */
  advance(ms: number): void;
  /** ends every open stream without a closing handshake (the clients see 1006) */
  dropStreams(venue?: VenueName): void;
  close(): Promise<void>;
}

/** How often a running clock moves, real ms. */
const TICK_MS = 50;

const dialects: Record<VenueName, (world: World) => Dialect> = {
  binance: binanceDialect,
  alpaca: alpacaDialect,
  schwab: schwabDialect,
  yahoo: yahooDialect,
};

/**
 * Local servers, one a venue, that speak the venue's REST and stream dialect over recorded bars, and misbehave as `faults`
 * say. They listen on 127.0.0.1 alone. What happens inside a bar is invented, the same for the same seed, and agrees with
 * the bar (see barPath); everything else is served as recorded. `POST /_sim/faults`, `POST /_sim/advance` and
 * `GET /_sim/state` on any of them steer it from outside.
 * @throws RangeError for series that are no bars; the socket's error (EADDRINUSE) for a port that is taken.
 */
export async function startVenueSim(options: StartOptions): Promise<VenueSim> {
  const seed = options.seed ?? 1;
  const world = new World(options, {
    now: options.now,
    seed,
    faults: new FaultPlan(seed, options.faults),
    keys: options.keys ?? {},
  });
  const served = new Map<VenueName, Awaited<ReturnType<typeof serveDialect>>>();
  const closeAll = async (): Promise<void> => {
    await Promise.all([...served.values()].map((s) => s.close()));
  };
  try {
    for (const venue of new Set(options.venues)) {
      served.set(venue, await serveDialect(dialects[venue](world), world, options.ports?.[venue] ?? 0));
    }
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
  const timer = startClock(world, options.speed ?? 0);
  const portOf = (venue: VenueName): number => {
    const server = served.get(venue)?.server;
    if (!server) throw new RangeError(`this simulator serves no ${venue}`);
    return (server.address() as AddressInfo).port;
  };
  return {
    url: (venue) => `http://127.0.0.1:${portOf(venue)}`,
    streamUrl: (stream) => {
      const venue = stream === "alpaca" ? "alpaca" : "binance";
      const market = { binance: "/stream.binance.com", binanceusdm: "/fstream.binance.com", alpaca: "" }[
        stream
      ];
      return `ws://127.0.0.1:${portOf(venue)}${market}`;
    },
    requests: world.requests,
    get now() {
      return world.now;
    },
    setFaults: (faults) => world.faults.set(faults),
    advance: (ms) => world.advance(ms),
    dropStreams: (venue) => {
      for (const [name, one] of served) if (venue === undefined || venue === name) one.dropStreams();
    },
    close: async () => {
      clearInterval(timer);
      await closeAll();
    },
  };
}

function startClock(world: World, speed: number): NodeJS.Timeout | undefined {
  if (speed === 0) return undefined;
  if (!(speed > 0)) throw new RangeError(`a clock's speed is 0 or more, not ${speed}`);
  let last = performance.now();
  return setInterval(() => {
    const at = performance.now();
    world.advance(Math.round((at - last) * speed));
    last = at;
  }, TICK_MS);
}
