import { type Call, json, Refused, type Route } from "../dialect.ts";
import { seedOf } from "../fault.ts";
import { quoteAt } from "../quote.ts";
import { lastAt, type Tape } from "../tape.ts";
import { schwabError } from "./schwabError.ts";

const FIELDS = ["quote", "fundamental", "extended", "reference", "regular"];

/** GET /quotes and GET /{symbol}/quotes of the specification; symbols that do not exist are named under `errors`. */
export function quoteRoutes(): Route[] {
  return [
    {
      method: "GET",
      path: /^\/marketdata\/v1\/quotes$/,
      handle: (call) => {
        // the client library repeats the parameter, others write commas
        const symbols = call.query.getAll("symbols").flatMap((s) => s.split(","));
        if (symbols.length === 0 || symbols.includes("")) {
          throw new Refused(schwabError(400, "Bad Request", "symbols is required"));
        }
        return json(quotes(call, symbols));
      },
    },
    {
      method: "GET",
      path: /^\/marketdata\/v1\/([^/]+)\/quotes$/,
      handle: (call) => {
        const [symbol = ""] = call.caught;
        return call.world.tape("schwab", "stock", symbol)
          ? json(quotes(call, [symbol]))
          : schwabError(404, "Not Found", `Symbol ${symbol} not found`);
      },
    },
  ];
}

function quotes(call: Call, symbols: readonly string[]): object {
  const asked = call.query.getAll("fields").flatMap((f) => f.split(","));
  const fields = asked.length === 0 || asked.includes("all") ? FIELDS : asked;
  const found: Record<string, unknown> = {};
  const invalidSymbols: string[] = [];
  for (const symbol of new Set(symbols)) {
    const tape = call.world.tape("schwab", "stock", symbol);
    const quote = tape && quoteOf(call, tape, fields);
    if (quote) found[symbol] = quote;
    else invalidSymbols.push(symbol);
  }
  return invalidSymbols.length > 0 ? { ...found, errors: { invalidSymbols } } : found;
}

function quoteOf(call: Call, tape: Tape, fields: readonly string[]): object | null {
  const quote = quoteAt(call.world, tape, call.now, 0.01, 1);
  const daily = tape.columns("1d") ?? tape.finest;
  const i = lastAt(daily.from, call.now);
  const day = tape.bar(daily, i, call.now);
  if (!quote || !day) return null;
  const closePrice = i > 0 ? daily.close[i - 1]! : day.open;
  const netChange = cents(quote.last - closePrice);
  const netPercentChange = cents((100 * netChange) / closePrice);
  const description = call.world.listing("stock", tape.symbol)?.name ?? tape.symbol;
  const blocks: Record<string, object> = {
    quote: {
      askMICId: "XNAS",
      askPrice: quote.ask,
      askSize: quote.askSize,
      askTime: quote.time,
      bidMICId: "XNAS",
      bidPrice: quote.bid,
      bidSize: quote.bidSize,
      bidTime: quote.time,
      closePrice,
      highPrice: day.high,
      lastMICId: "XNAS",
      lastPrice: quote.last,
      lastSize: Math.round(quote.lastSize),
      lowPrice: day.low,
      mark: quote.last,
      markChange: netChange,
      markPercentChange: netPercentChange,
      netChange,
      netPercentChange,
      openPrice: day.open,
      postMarketChange: 0,
      postMarketPercentChange: 0,
      quoteTime: quote.time,
      securityStatus: call.world.isDelisted("stock", tape.symbol) ? "Closed" : "Normal",
      totalVolume: Math.round(day.volume),
      tradeTime: quote.time,
    },
    reference: {
      description,
      exchange: "Q",
      exchangeName: "NASDAQ",
      isHardToBorrow: false,
      isShortable: true,
    },
    regular: {
      regularMarketLastPrice: quote.last,
      regularMarketLastSize: Math.round(quote.lastSize),
      regularMarketNetChange: netChange,
      regularMarketPercentChange: netPercentChange,
      regularMarketTradeTime: quote.time,
    },
  };
  return {
    assetMainType: "EQUITY",
    assetSubType: "COE",
    quoteType: "NBBO",
    realtime: true,
    ssid: seedOf(1, "ssid", tape.symbol),
    symbol: tape.symbol,
    ...Object.fromEntries(Object.entries(blocks).filter(([name]) => fields.includes(name))),
  };
}

const cents = (value: number): number => Math.round(value * 1e4) / 1e4;
