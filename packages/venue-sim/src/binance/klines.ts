import { decimal } from "../decimal.ts";
import { type Call, json, type Route } from "../dialect.ts";
import { type Bar, type Columns, lastAt, lowerBound, type Tape } from "../tape.ts";
import { type BinanceExchange, marketOf } from "./exchange.ts";
import { missing, refuse, wholeNumber } from "./refusal.ts";

const SPOT_INTERVALS = ["1s"];
export const INTERVALS = [..."1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split(" "), ...SPOT_INTERVALS];

/**
 * Candlesticks: …/rest-api/market-data-endpoints#klinecandlestick-data (spot) and
 * …/market-data/rest-api/Kline-Candlestick-Data, Mark-Price-…, Index-Price-… (futures).
 */
export function klineRoutes(exchange: BinanceExchange): Route[] {
  const serve =
    (price: "trade" | "mark" | "index", parameter: string) =>
    (call: Call): ReturnType<Route["handle"]> => {
      const market = marketOf(call.path);
      const limit = limitOf(call, market === "spot" ? 1000 : 1500);
      exchange.weigh(call, market === "spot" ? 2 : futuresWeight(limit));
      const name = call.query.get(parameter) || missing(parameter);
      const tape = exchange.find(market, name, price);
      // a symbol that trades here, of which no such prices were recorded, has none to give
      if (!tape && price !== "trade" && exchange.find(market, name)) return json([]);
      if (!tape) return refuse(400, -1121, "Invalid symbol.");
      return json(klines(tape, call, limit, price === "trade"));
    };
  return [
    {
      method: "GET",
      path: /^\/(?:api\/v3|fapi\/v1)\/(?:klines|uiKlines)$/,
      handle: serve("trade", "symbol"),
    },
    { method: "GET", path: /^\/fapi\/v1\/continuousKlines$/, handle: serve("trade", "pair") },
    { method: "GET", path: /^\/fapi\/v1\/markPriceKlines$/, handle: serve("mark", "symbol") },
    { method: "GET", path: /^\/fapi\/v1\/indexPriceKlines$/, handle: serve("index", "pair") },
  ];
}

export function limitOf(call: Call, most: number, fallback = 500): number {
  const limit = wholeNumber(call, "limit", fallback);
  if (limit < 1 || (limit > most && marketOf(call.path) === "futures")) {
    refuse(400, -1130, "Data sent for parameter 'limit' is not valid.");
  }
  return Math.min(limit, most);
}

function futuresWeight(limit: number): number {
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1000 ? 5 : 10;
}

function klines(tape: Tape, call: Call, limit: number, isTraded: boolean): unknown[] {
  const interval = call.query.get("interval") || missing("interval");
  const isKnown =
    INTERVALS.includes(interval) && (tape.market === "spot" || !SPOT_INTERVALS.includes(interval));
  const columns = isKnown ? tape.columns(interval) : null;
  if (!columns) return refuse(400, -1120, "Invalid interval.");
  const startTime = wholeNumber(call, "startTime", null);
  const endTime = wholeNumber(call, "endTime", null);
  if (startTime !== null && endTime !== null && endTime < startTime) return [];
  const last = lastAt(columns.from, Math.min(endTime ?? Number.POSITIVE_INFINITY, call.now));
  const first = startTime === null ? Math.max(0, last - limit + 1) : lowerBound(columns.from, startTime);
  const isUnclosed = call.faults.some((f) => f.kind === "unclosed");
  const rows: unknown[] = [];
  for (let i = first; i <= last && rows.length < limit; i++) {
    rows.push(row(barOf(tape, columns, i, call.now, isUnclosed), isTraded, tape.market === "spot" ? 8 : 0));
  }
  return rows;
}

/** The bar as known at `now`; under the fault `unclosed` the newest closed one is still half done. */
export function barOf(tape: Tape, columns: Columns, i: number, now: number, isUnclosed: boolean): Bar {
  const isNewestClosed = columns.to[i]! <= now && !(columns.to[i + 1]! <= now);
  if (isUnclosed && isNewestClosed) {
    return tape.forming(columns, i, (columns.from[i]! + columns.to[i]!) / 2);
  }
  return tape.bar(columns, i, now)!;
}

/** Turnover and the takers' part are not recorded: volume times the bar's typical price, and half of it. */
export function turnover(bar: Bar): number {
  const typical = (bar.open + bar.high + bar.low + bar.close) / 4;
  return Math.round(bar.volume * typical * 1e8) / 1e8;
}

function row(bar: Bar, isTraded: boolean, places: number): unknown[] {
  const price = (value: number): string => decimal(value, places);
  const quantity = (value: number): string => (isTraded ? decimal(value, places) : "0");
  return [
    bar.from,
    price(bar.open),
    price(bar.high),
    price(bar.low),
    price(bar.close),
    quantity(bar.volume),
    bar.to - 1,
    quantity(turnover(bar)),
    isTraded ? bar.trades : Math.max(1, Math.round((bar.to - bar.from) / 1000)),
    quantity(bar.volume / 2),
    quantity(turnover(bar) / 2),
    "0",
  ];
}
