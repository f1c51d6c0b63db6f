import { decimal } from "../decimal.ts";
import { type Answer, type Call, json, type Route } from "../dialect.ts";
import { type Quote, quoteAt } from "../quote.ts";
import { lastAt, lowerBound, type Tape } from "../tape.ts";
import { DAY_MS } from "../timeframe.ts";
import { type BinanceExchange, marketOf } from "./exchange.ts";
import { stepsOf } from "./general.ts";
import { newestId } from "./trades.ts";

type Ticker = (tape: Tape, quote: Quote, call: Call) => object;

/** 24hr, price and best price tickers: …/market-data-endpoints#24hr-ticker-price-change-statistics and its neighbours. */
export function tickerRoutes(exchange: BinanceExchange): Route[] {
  const kinds: readonly (readonly [string, Ticker, number, number])[] = [
    ["24hr", day, 2, 80],
    ["price", price, 2, 4],
    ["bookTicker", best, 2, 4],
  ];
  return kinds.map(
    ([name, ticker, one, all]): Route => ({
      method: "GET",
      path: new RegExp(`^/(?:api/v3|fapi/v[12])/ticker/${name}$`),
      handle: (call) => answer(exchange, call, ticker, one, all),
    }),
  );
}

function answer(exchange: BinanceExchange, call: Call, ticker: Ticker, one: number, all: number): Answer {
  const market = marketOf(call.path);
  if (call.query.has("symbol")) {
    exchange.weigh(call, one);
    const tape = exchange.live(call);
    const quote = quoteOf(exchange, tape, call.now);
    return json(quote ? ticker(tape, quote, call) : {});
  }
  exchange.weigh(call, all);
  const named = call.query.get("symbols");
  const wanted = named === null ? null : new Set(named.replace(/[[\]"]/g, "").split(","));
  const rows = exchange.symbols(market).flatMap((symbol) => {
    if (wanted !== null && !wanted.has(symbol)) return [];
    if (exchange.world.isDelisted(market, symbol)) return [];
    const tape = exchange.find(market, symbol);
    const quote = tape && quoteOf(exchange, tape, call.now);
    return tape && quote ? [ticker(tape, quote, call)] : [];
  });
  return json(rows);
}

/** Best prices of the book: sizes differ from the book's, as two snapshots a moment apart would. */
export function quoteOf(exchange: BinanceExchange, tape: Tape, now: number): Quote | null {
  const { tick, step } = stepsOf(exchange, tape);
  return quoteAt(exchange.world, tape, now, tick, step);
}

const placesOf = (tape: Tape): number => (tape.market === "spot" ? 8 : 0);

function price(tape: Tape, quote: Quote, call: Call): object {
  return {
    symbol: tape.symbol,
    price: decimal(quote.last, placesOf(tape)),
    ...(tape.market === "futures" ? { time: call.toldTime } : {}),
  };
}

function best(tape: Tape, quote: Quote, call: Call): object {
  const places = placesOf(tape);
  return {
    symbol: tape.symbol,
    bidPrice: decimal(quote.bid, places),
    bidQty: decimal(quote.bidSize, places),
    askPrice: decimal(quote.ask, places),
    askQty: decimal(quote.askSize, places),
    ...(tape.market === "futures" ? { time: call.toldTime, lastUpdateId: quote.number + 1 } : {}),
  };
}

/** Of the finest bars that began in the last 24 hours. */
function day(tape: Tape, quote: Quote, call: Call): object {
  const { finest } = tape;
  const last = lastAt(finest.from, call.now);
  const first = Math.min(last, lowerBound(finest.from, call.now - DAY_MS));
  let [high, low, volume, turnover, count] = [0, Number.POSITIVE_INFINITY, 0, 0, 0];
  for (let i = first; i <= last; i++) {
    const bar = tape.bar(finest, i, call.now)!;
    high = Math.max(high, bar.high);
    low = Math.min(low, bar.low);
    volume += bar.volume;
    turnover += bar.volume * ((bar.open + bar.high + bar.low + bar.close) / 4);
    count += bar.trades;
  }
  const open = finest.open[first]!;
  const before = first > 0 ? finest.close[first - 1]! : open;
  const places = placesOf(tape);
  const text = (value: number): string => decimal(Math.round(value * 1e8) / 1e8, places);
  const newest = newestId(tape, call.now);
  return {
    symbol: tape.symbol,
    priceChange: text(quote.last - open),
    priceChangePercent: (((quote.last - open) / open) * 100).toFixed(3),
    weightedAvgPrice: text(volume > 0 ? turnover / volume : quote.last),
    lastPrice: text(quote.last),
    lastQty: text(quote.lastSize),
    ...(tape.market === "spot"
      ? {
          prevClosePrice: text(before),
          bidPrice: text(quote.bid),
          bidQty: text(quote.bidSize),
          askPrice: text(quote.ask),
          askQty: text(quote.askSize),
        }
      : {}),
    openPrice: text(open),
    highPrice: text(high),
    lowPrice: text(low),
    volume: text(volume),
    quoteVolume: text(turnover),
    openTime: call.now - DAY_MS,
    closeTime: call.now,
    firstId: tape.firstTradeId(first),
    lastId: newest,
    count,
  };
}
