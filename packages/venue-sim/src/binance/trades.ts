import type { Point } from "../barPath.ts";
import { decimal } from "../decimal.ts";
import { type Call, json, type Route } from "../dialect.ts";
import type { Tape } from "../tape.ts";
import { type BinanceExchange, marketOf } from "./exchange.ts";
import { limitOf } from "./klines.ts";
import { wholeNumber } from "./refusal.ts";

/**
 * Recent, old and aggregate trades: …/market-data-endpoints#recent-trades-list and its neighbours. Every invented trade is
 * an aggregate of itself, so both lists count alike.
 */
export function tradeRoutes(exchange: BinanceExchange): Route[] {
  return [
    {
      method: "GET",
      path: /^\/(?:api\/v3|fapi\/v1)\/(trades|historicalTrades)$/,
      handle: (call) => {
        const limit = limitOf(call, 1000);
        exchange.weigh(call, marketOf(call.path) === "spot" ? 25 : 5);
        const tape = exchange.live(call);
        const fromId = call.caught[0] === "historicalTrades" ? wholeNumber(call, "fromId", null) : null;
        const newest = newestId(tape, call.now);
        const first = fromId ?? Math.max(0, newest - limit + 1);
        return json(tradesFrom(tape, first, newest, limit).map((t) => trade(t, tape)));
      },
    },
    {
      method: "GET",
      path: /^\/(?:api\/v3|fapi\/v1)\/aggTrades$/,
      handle: (call) => {
        const limit = limitOf(call, 1000);
        exchange.weigh(call, marketOf(call.path) === "spot" ? 4 : 20);
        const tape = exchange.live(call);
        return json(aggregate(tape, call, limit).map((t) => aggTrade(t, tape)));
      },
    },
  ];
}

export interface NumberedTrade {
  readonly id: number;
  readonly point: Point;
}

/** Number of the newest trade at `now`; -1 when there is none yet. */
export function newestId(tape: Tape, now: number): number {
  const last = tape.last(now);
  if (!last) return -1;
  const { finest } = tape;
  const traded = tape.path(finest, last.index).filter((p) => p.quantity > 0 && p.time <= now).length;
  return tape.firstTradeId(last.index) + traded - 1;
}

/** Number of the first trade at or after `at`. */
function idAt(tape: Tape, at: number): number {
  return newestId(tape, at - 1) + 1;
}

function tradesFrom(tape: Tape, first: number, newest: number, limit: number): NumberedTrade[] {
  const trades: NumberedTrade[] = [];
  for (let id = Math.max(0, first); id <= newest && trades.length < limit; ) {
    const { index, place } = tape.findTrade(id);
    const points = tape.path(tape.finest, index).filter((p) => p.quantity > 0);
    for (let k = place; k < points.length && id <= newest && trades.length < limit; k++, id++) {
      trades.push({ id, point: points[k]! });
    }
  }
  return trades;
}

function aggregate(tape: Tape, call: Call, limit: number): NumberedTrade[] {
  const fromId = wholeNumber(call, "fromId", null);
  const startTime = wholeNumber(call, "startTime", null);
  const endTime = wholeNumber(call, "endTime", null);
  const newest = newestId(tape, Math.min(call.now, endTime ?? Number.POSITIVE_INFINITY));
  const first = fromId ?? (startTime === null ? newest - limit + 1 : idAt(tape, startTime));
  return tradesFrom(tape, first, newest, limit);
}

function trade({ id, point }: NumberedTrade, tape: Tape): object {
  return {
    id,
    price: decimal(point.price, tape.market === "spot" ? 8 : 0),
    qty: decimal(point.quantity, tape.market === "spot" ? 8 : 0),
    quoteQty: decimal(Math.round(point.price * point.quantity * 1e8) / 1e8, tape.market === "spot" ? 8 : 2),
    time: point.time,
    isBuyerMaker: point.isBuyerMaker,
    ...(tape.market === "spot" ? { isBestMatch: true } : {}),
  };
}

/** The fields that the list and the stream of aggregate trades share. */
export function aggTrade({ id, point }: NumberedTrade, tape: Tape): Record<string, unknown> {
  return {
    a: id,
    p: decimal(point.price, tape.market === "spot" ? 8 : 0),
    q: decimal(point.quantity, tape.market === "spot" ? 8 : 0),
    f: id,
    l: id,
    T: point.time,
    m: point.isBuyerMaker,
    ...(tape.market === "spot" ? { M: true } : {}),
  };
}
