import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Channel } from "../channel.ts";
import { quoteAt } from "../quote.ts";
import { lastAt, type Tape } from "../tape.ts";
import type { World } from "../world.ts";
import { areKeys, tapeOf } from "./access.ts";
import { decodeMessagePack } from "./messagePack.ts";
import { barMessage, quoteMessage, tradeMessage } from "./streamMessages.ts";

const CHANNELS = ["trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds"] as const;
type ChannelName = (typeof CHANNELS)[number];

interface Subscriber {
  readonly channel: Channel;
  readonly subscriptions: Record<ChannelName, Set<string>>;
  isAuthenticated: boolean;
}

const names = z.array(z.string()).optional();
const requestSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("auth"), key: z.string(), secret: z.string() }),
  z.object({
    action: z.enum(["subscribe", "unsubscribe"]),
    trades: names,
    quotes: names,
    bars: names,
    updatedBars: names,
    dailyBars: names,
    statuses: names,
    lulds: names,
  }),
]);

/**
 * The market data stream: docs.alpaca.markets/docs/streaming-market-data and /docs/real-time-stock-pricing-data. JSON, or
 * MessagePack when the client's headers ask for it. A minute bar is sent when its minute ends.
 */
export class AlpacaStreams {
  readonly #world: World;
  readonly #subscribers = new Set<Subscriber>();
  readonly #unwatch: () => void;

  constructor(world: World) {
    this.#world = world;
    this.#unwatch = world.watch((from, to) => this.#advance(from, to));
  }

  close(): void {
    this.#unwatch();
  }

  connect(channel: Channel, request: IncomingMessage): void {
    const isBinary = request.headers["content-type"] === "application/msgpack";
    const subscriptions = Object.fromEntries(CHANNELS.map((c) => [c, new Set<string>()]));
    const subscriber: Subscriber = {
      channel,
      subscriptions: subscriptions as Subscriber["subscriptions"],
      isAuthenticated: false,
    };
    this.#subscribers.add(subscriber);
    channel.socket.on("close", () => this.#subscribers.delete(subscriber));
    channel.socket.on("message", (data) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[]);
      channel.reply([this.#answer(subscriber, parsed(bytes, isBinary))]);
    });
    channel.reply([{ T: "success", msg: "connected" }]);
  }

  #answer(subscriber: Subscriber, value: unknown): object {
    const asked = requestSchema.safeParse(value);
    if (!asked.success) return { T: "error", code: 400, msg: "invalid syntax" };
    if (asked.data.action === "auth") {
      if (subscriber.isAuthenticated) return { T: "error", code: 403, msg: "already authenticated" };
      if (!areKeys(this.#world, asked.data.key, asked.data.secret)) {
        return { T: "error", code: 402, msg: "auth failed" };
      }
      subscriber.isAuthenticated = true;
      return { T: "success", msg: "authenticated" };
    }
    if (!subscriber.isAuthenticated) return { T: "error", code: 401, msg: "not authenticated" };
    for (const channel of CHANNELS) {
      for (const symbol of asked.data[channel] ?? []) {
        if (asked.data.action === "subscribe") subscriber.subscriptions[channel].add(symbol);
        else subscriber.subscriptions[channel].delete(symbol);
      }
    }
    const listed = Object.fromEntries(CHANNELS.map((c) => [c, [...subscriber.subscriptions[c]]]));
    return { T: "subscription", ...listed };
  }

  #advance(from: number, to: number): void {
    const happenings = this.#world
      .symbols("alpaca", "stock")
      .flatMap((symbol) => this.#between(symbol, from, to))
      .sort((a, b) => a.time - b.time || a.order - b.order);
    for (const { channel, symbol, message } of happenings) {
      for (const subscriber of this.#subscribers) {
        const wanted = subscriber.subscriptions[channel];
        if (wanted.has(symbol) || wanted.has("*")) subscriber.channel.send(`${channel} ${symbol}`, [message]);
      }
    }
  }

  #between(symbol: string, from: number, to: number): Happening[] {
    const isWanted = (c: ChannelName): boolean =>
      [...this.#subscribers].some((s) => s.subscriptions[c].has(symbol) || s.subscriptions[c].has("*"));
    const wanted = CHANNELS.filter(isWanted);
    const tape = wanted.length > 0 ? tapeOf(this.#world, symbol) : null;
    if (!tape || this.#world.isDelisted("stock", symbol)) return [];
    const happenings: Happening[] = [];
    if (wanted.includes("trades") || wanted.includes("quotes")) {
      happenings.push(...this.#ticks(tape, from, to, wanted));
    }
    for (const [channel, timeframe, type] of [
      ["bars", "1m", "b"],
      ["dailyBars", "1d", "d"],
    ] as const) {
      const columns = wanted.includes(channel) ? tape.columns(timeframe) : null;
      if (!columns) continue;
      for (let i = lastAt(columns.to, from) + 1; columns.to[i]! <= to; i++) {
        const time = columns.to[i]!;
        const message = barMessage(type, symbol, tape.bar(columns, i, time)!, timeframe);
        happenings.push({ time, order: 0, channel, symbol, message });
      }
    }
    return happenings;
  }

  #ticks(tape: Tape, from: number, to: number, wanted: readonly ChannelName[]): Happening[] {
    const { finest, symbol } = tape;
    const happenings: Happening[] = [];
    const last = lastAt(finest.from, to);
    for (let index = Math.max(0, lastAt(finest.from, from)); index <= last; index++) {
      for (const { time } of tape.path(finest, index)) {
        if (time <= from || time > to) continue;
        const quote = quoteAt(this.#world, tape, time, 0.01, 1);
        if (!quote) continue;
        for (const channel of ["trades", "quotes"] as const) {
          if (!wanted.includes(channel)) continue;
          const message = channel === "trades" ? tradeMessage(symbol, quote) : quoteMessage(symbol, quote);
          happenings.push({ time, order: 1, channel, symbol, message });
        }
      }
    }
    return happenings;
  }
}

interface Happening {
  readonly time: number;
  readonly order: number;
  readonly channel: ChannelName;
  readonly symbol: string;
  readonly message: object;
}

/** Undefined for what cannot be read: the answer is "invalid syntax". */
function parsed(bytes: Buffer, isBinary: boolean): unknown {
  try {
    return isBinary ? decodeMessagePack(bytes) : JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
