import { POINTS } from "../barPath.ts";
import { decimal } from "../decimal.ts";
import { type Bar, lastAt, type Tape } from "../tape.ts";
import { bookAt, bookChanges } from "./book.ts";
import { lastFundingRate, markPrice, nextFundingTime } from "./contracts.ts";
import type { BinanceExchange } from "./exchange.ts";
import { INTERVALS, turnover } from "./klines.ts";
import { quoteOf } from "./tickers.ts";
import { aggTrade, newestId } from "./trades.ts";

export interface StreamMessage {
  readonly stream: string;
  readonly message: object;
  /** the same, said of a bar that is not closed yet */
  readonly unclosed?: object;
}

/** What the streams in `wanted` say when the point at `place` of the finest bar `index` happens. */
export function messagesAt(
  exchange: BinanceExchange,
  tape: Tape,
  index: number,
  place: number,
  wanted: ReadonlySet<string>,
): StreamMessage[] {
  const point = tape.path(tape.finest, index)[place]!;
  const messages: StreamMessage[] = [];
  for (const stream of wanted) {
    const kind = stream.slice(stream.indexOf("@") + 1);
    const message = messageOf(exchange, tape, kind, { index, place, time: point.time, price: point.price });
    if (message) messages.push({ stream, message });
  }
  return messages;
}

interface Moment {
  readonly index: number;
  readonly place: number;
  readonly time: number;
  readonly price: number;
}

function messageOf(exchange: BinanceExchange, tape: Tape, kind: string, at: Moment): object | null {
  const s = tape.symbol;
  const E = at.time;
  const [name = "", speed] = kind.split("@");
  const interval = /^kline_(\w+)$/.exec(name)?.[1];
  if (interval !== undefined) return formingKline(tape, interval, at.time);
  const depth = /^depth(5|10|20)?$/.exec(name);
  if (depth && (speed === undefined || /^(?:100|250|500|1000)ms$|^0ms$/.test(speed))) {
    return depth[1] === undefined
      ? depthUpdate(exchange, tape, at)
      : topOfBook(exchange, tape, at, Number(depth[1]));
  }
  switch (name) {
    case "aggTrade":
    case "trade": {
      const point = tape.path(tape.finest, at.index)[at.place]!;
      if (!(point.quantity > 0)) return null;
      const id = newestId(tape, at.time);
      const { a, f, l, ...both } = aggTrade({ id, point }, tape);
      if (name === "aggTrade") return { e: name, E, s, a, f, l, ...both };
      return { e: name, E, s, t: id, ...both, ...(tape.market === "futures" ? { X: "MARKET" } : {}) };
    }
    case "bookTicker":
      return bookTicker(exchange, tape, at.time);
    case "markPrice": {
      if (tape.market !== "futures") return null;
      const mark = decimal(markPrice(exchange, tape, at.time), 8);
      const index = exchange.find("futures", s, "index")?.last(at.time)?.point.price;
      const r = decimal(lastFundingRate(exchange, s, at.time), 8);
      const i = index === undefined ? mark : decimal(index, 8);
      return { e: "markPriceUpdate", E, s, p: mark, i, P: i, r, T: nextFundingTime(at.time) };
    }
    default:
      return null;
  }
}

function formingKline(tape: Tape, interval: string, now: number): object | null {
  const columns = INTERVALS.includes(interval) ? tape.columns(interval) : null;
  const bar = columns && tape.bar(columns, lastAt(columns.from, now), now);
  return bar?.isForming ? kline(tape, interval, bar, now, false) : null;
}

/** The last word on a bar, at its end. */
export function closingKline(
  tape: Tape,
  interval: string,
  index: number,
  at: number,
): { message: object; unclosed: object } {
  const columns = tape.columns(interval)!;
  const bar = tape.bar(columns, index, at)!;
  const half = tape.forming(columns, index, (bar.from + bar.to) / 2);
  return { message: kline(tape, interval, bar, at, true), unclosed: kline(tape, interval, half, at, false) };
}

function kline(tape: Tape, i: string, bar: Bar, E: number, isClosed: boolean): object {
  const places = tape.market === "spot" ? 8 : 0;
  const text = (value: number): string => decimal(value, places);
  const newest = newestId(tape, Math.min(E, bar.to - 1));
  return {
    e: "kline",
    E,
    s: tape.symbol,
    k: {
      t: bar.from,
      T: bar.to - 1,
      s: tape.symbol,
      i,
      f: bar.trades > 0 ? newest - bar.trades + 1 : -1,
      L: bar.trades > 0 ? newest : -1,
      o: text(bar.open),
      c: text(bar.close),
      h: text(bar.high),
      l: text(bar.low),
      v: text(bar.volume),
      n: bar.trades,
      x: isClosed,
      q: text(turnover(bar)),
      V: text(bar.volume / 2),
      Q: text(turnover(bar) / 2),
      B: "0",
    },
  };
}

function depthUpdate(exchange: BinanceExchange, tape: Tape, at: Moment): object {
  const number = at.index * POINTS + at.place;
  const now = bookAt(exchange, tape, number, at.price);
  const before = tape.last(at.time - 1);
  const old = before
    ? bookAt(exchange, tape, before.number, before.point.price)
    : { id: 0, bids: [], asks: [] };
  return {
    e: "depthUpdate",
    E: at.time,
    ...(tape.market === "futures" ? { T: at.time } : {}),
    s: tape.symbol,
    U: old.id + 1,
    u: now.id,
    ...(tape.market === "futures" ? { pu: old.id } : {}),
    b: bookChanges(old.bids, now.bids),
    a: bookChanges(old.asks, now.asks),
  };
}

function topOfBook(exchange: BinanceExchange, tape: Tape, at: Moment, levels: number): object {
  const number = at.index * POINTS + at.place;
  const book = bookAt(exchange, tape, number, at.price);
  const bids = book.bids.slice(0, levels);
  const asks = book.asks.slice(0, levels);
  if (tape.market === "spot") return { lastUpdateId: book.id, bids, asks };
  const common = { e: "depthUpdate", E: at.time, T: at.time, s: tape.symbol };
  return { ...common, U: book.id, u: book.id, pu: book.id - 1, b: bids, a: asks };
}

function bookTicker(exchange: BinanceExchange, tape: Tape, now: number): object | null {
  const quote = quoteOf(exchange, tape, now);
  if (!quote) return null;
  const places = tape.market === "spot" ? 8 : 0;
  const [b, B, a, A] = [quote.bid, quote.bidSize, quote.ask, quote.askSize].map((v) => decimal(v, places));
  const both = { u: quote.number + 1, s: tape.symbol, b, B, a, A };
  return tape.market === "spot" ? both : { e: "bookTicker", ...both, T: now, E: now };
}
