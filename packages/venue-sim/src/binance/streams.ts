import type { Channel } from "../channel.ts";
import { lastAt, type Tape } from "../tape.ts";
import type { BinanceExchange, BinanceMarket } from "./exchange.ts";
import { INTERVALS } from "./klines.ts";
import { closingKline, messagesAt } from "./streamMessages.ts";
import { answerOf, type Subscriber } from "./subscriber.ts";

/** The venue pings its clients so often, real ms. */
const PING_MS = 20_000;
const STREAM_PATH =
  /^(?:\/(f?)stream\.binance\.com)?(?:\/(?:public|market|private))?\/(ws|stream)(?:\/([^/]*))?$/;

interface Happening {
  readonly time: number;
  /** a bar's end comes before the next bar's first trade at the same instant */
  readonly order: 0 | 1;
  readonly market: BinanceMarket;
  readonly tape: Tape;
  /** index of the finest bar and place of its point; of an end the interval and the bar's index in it */
  readonly index: number;
  readonly place: number;
  readonly interval?: string;
}

/**
 * Streams: raw at `/ws/<stream>`, combined at `/stream?streams=`, and SUBSCRIBE on either; spot below
 * `/stream.binance.com`, futures below `/fstream.binance.com` (an address without either is spot's). As documented at
 * developers.binance.com/docs/binance-spot-api-docs/web-socket-streams and
 * …/derivatives/usds-margined-futures/websocket-market-streams.
 */
export class BinanceStreams {
  readonly #exchange: BinanceExchange;
  readonly #subscribers = new Set<Subscriber>();
  readonly #unwatch: () => void;
  readonly #pings: NodeJS.Timeout;

  constructor(exchange: BinanceExchange) {
    this.#exchange = exchange;
    this.#unwatch = exchange.world.watch((from, to) => this.#advance(from, to));
    this.#pings = setInterval(() => {
      for (const { channel } of this.#subscribers) if (channel.isOpen) channel.socket.ping();
    }, PING_MS);
    this.#pings.unref();
  }

  has(url: URL): boolean {
    return STREAM_PATH.test(url.pathname);
  }

  connect(channel: Channel, url: URL): void {
    const [, futures, kind, name] = STREAM_PATH.exec(url.pathname) ?? [];
    const isCombined = kind === "stream";
    const named = isCombined ? (url.searchParams.get("streams") ?? "").split("/") : [name ?? ""];
    const listenKey = url.searchParams.get("listenKey");
    const subscriber: Subscriber = {
      channel,
      market: futures === "f" ? "futures" : "spot",
      isCombined,
      streams: new Set(named.filter((s) => s !== "")),
    };
    if (listenKey) subscriber.streams.add(listenKey);
    this.#subscribers.add(subscriber);
    channel.socket.on("close", () => this.#subscribers.delete(subscriber));
    channel.socket.on("message", (data) => channel.reply(answerOf(subscriber, String(data))));
  }

  close(): void {
    this.#unwatch();
    clearInterval(this.#pings);
  }

  #advance(from: number, to: number): void {
    this.#expireListenKeys();
    for (const happening of this.#between(from, to)) this.#tell(happening);
  }

  #tell(happening: Happening): void {
    const { market, tape, index, place, interval, time } = happening;
    const symbol = tape.symbol.toLowerCase();
    const wanted = this.#wanted(market, symbol);
    const messages =
      interval === undefined
        ? messagesAt(this.#exchange, tape, index, place, wanted)
        : [{ stream: `${symbol}@kline_${interval}`, ...closingKline(tape, interval, index, time) }];
    for (const { stream, message, unclosed } of messages) {
      for (const subscriber of this.#subscribers) {
        if (subscriber.market !== market || !subscriber.streams.has(stream)) continue;
        const wrap = (m: unknown): unknown => (subscriber.isCombined ? { stream, data: m } : m);
        subscriber.channel.send(stream, wrap(message), unclosed && (() => wrap(unclosed)));
      }
    }
  }

  /** Names of the streams of this symbol that anybody listens to. */
  #wanted(market: BinanceMarket, symbol: string): Set<string> {
    const wanted = new Set<string>();
    for (const subscriber of this.#subscribers) {
      if (subscriber.market !== market) continue;
      for (const stream of subscriber.streams) if (stream.startsWith(`${symbol}@`)) wanted.add(stream);
    }
    return wanted;
  }

  /** All that happens after `from` and not after `to` to symbols that anybody listens to, in order. */
  #between(from: number, to: number): Happening[] {
    const happenings: Happening[] = [];
    for (const market of ["spot", "futures"] as const) {
      for (const symbol of this.#exchange.symbols(market)) {
        const wanted = this.#wanted(market, symbol.toLowerCase());
        const tape = wanted.size > 0 ? this.#exchange.find(market, symbol) : null;
        if (!tape || this.#exchange.world.isDelisted(market, symbol)) continue;
        const { finest } = tape;
        const last = lastAt(finest.from, to);
        for (let index = Math.max(0, lastAt(finest.from, from)); index <= last; index++) {
          tape.path(finest, index).forEach(({ time }, place) => {
            if (time > from && time <= to) happenings.push({ time, order: 1, market, tape, index, place });
          });
        }
        happenings.push(...this.#ends(market, tape, wanted, from, to));
      }
    }
    return happenings.sort((a, b) => a.time - b.time || a.order - b.order);
  }

  #ends(market: BinanceMarket, tape: Tape, wanted: Set<string>, from: number, to: number): Happening[] {
    const ends: Happening[] = [];
    for (const stream of wanted) {
      const interval = /@kline_(\w+)$/.exec(stream)?.[1];
      const columns = interval && INTERVALS.includes(interval) ? tape.columns(interval) : null;
      if (!interval || !columns) continue;
      for (let index = lastAt(columns.to, from) + 1; columns.to[index]! <= to; index++) {
        ends.push({ time: columns.to[index]!, order: 0, market, tape, index, place: 0, interval });
      }
    }
    return ends;
  }

  #expireListenKeys(): void {
    const { world, listenKeys } = this.#exchange;
    for (const subscriber of this.#subscribers) {
      for (const stream of subscriber.streams) {
        const key = listenKeys.get(stream);
        // the names of market streams hold an @; a key that was closed is simply silent
        if (!key) continue;
        const isStruck = world.faults
          .strike({ venue: "binance", on: "message", route: "userData" })
          .some((f) => f.kind === "listen-key");
        if (!isStruck && key.until > world.now) continue;
        listenKeys.delete(stream);
        const message = { e: "listenKeyExpired", E: world.now, listenKey: stream };
        subscriber.channel.reply(subscriber.isCombined ? { stream, data: message } : message);
        subscriber.streams.delete(stream);
      }
    }
  }
}
