import { type Call, json, type Route } from "../dialect.ts";
import { quoteAt } from "../quote.ts";
import { newYorkWall, usSession } from "../session.ts";
import { lastAt } from "../tape.ts";
import { DAY_MS } from "../timeframe.ts";
import type { CrumbDesk } from "./crumb.ts";
import { yahooError } from "./yahooError.ts";

/** `/v7/finance/quote`: needs the cookie and its crumb; symbols that do not exist are left out. */
export function quoteRoutes(desk: CrumbDesk): Route[] {
  return [
    {
      method: "GET",
      path: /^\/v7\/finance\/quote$/,
      handle: (call) => {
        if (!desk.holdsCookie(call) || call.query.get("crumb") !== desk.crumb) {
          return yahooError(call.path, 401, "Unauthorized", "Invalid Crumb");
        }
        const symbols = (call.query.get("symbols") ?? "").split(",").filter((s) => s !== "");
        const result = symbols.flatMap((symbol) => quoteOf(call, symbol) ?? []);
        return json({ quoteResponse: { result, error: null } });
      },
    },
  ];
}

function quoteOf(call: Call, symbol: string): object | null {
  const tape = call.world.tape("yahoo", "stock", symbol);
  const quote = tape && quoteAt(call.world, tape, call.now, 0.01, 100);
  const daily = tape?.columns("1d") ?? tape?.finest;
  const i = daily ? lastAt(daily.from, call.now) : -1;
  const day = tape && daily ? tape.bar(daily, i, call.now) : null;
  if (!quote || !day || !daily) return null;
  const before = i > 0 ? daily.close[i - 1]! : day.open;
  const session = usSession(Math.floor(newYorkWall(call.now) / DAY_MS) * DAY_MS);
  const isOpen = session !== null && call.now >= session.open && call.now < session.close;
  const isIndex = symbol.startsWith("^");
  const offset = newYorkWall(call.now) - call.now;
  const name = call.world.listing("stock", symbol)?.name ?? symbol;
  return {
    language: "en-US",
    region: "US",
    quoteType: isIndex ? "INDEX" : "EQUITY",
    typeDisp: isIndex ? "Index" : "Equity",
    quoteSourceName: "Nasdaq Real Time Price",
    triggerable: true,
    currency: "USD",
    marketState: isOpen ? "REGULAR" : "CLOSED",
    tradeable: false,
    cryptoTradeable: false,
    exchange: "NMS",
    fullExchangeName: "NasdaqGS",
    exchangeTimezoneName: "America/New_York",
    exchangeTimezoneShortName: offset === -14_400_000 ? "EDT" : "EST",
    gmtOffSetMilliseconds: offset,
    market: "us_market",
    esgPopulated: false,
    sourceInterval: 15,
    exchangeDataDelayedBy: 0,
    shortName: name,
    longName: name,
    symbol,
    priceHint: 2,
    regularMarketPrice: quote.last,
    regularMarketTime: Math.floor(quote.time / 1000),
    regularMarketOpen: day.open,
    regularMarketDayHigh: day.high,
    regularMarketDayLow: day.low,
    regularMarketVolume: day.volume,
    regularMarketPreviousClose: before,
    regularMarketChange: rounded(quote.last - before),
    regularMarketChangePercent: rounded((100 * (quote.last - before)) / before),
    bid: quote.bid,
    ask: quote.ask,
    bidSize: Math.round(quote.bidSize / 100),
    askSize: Math.round(quote.askSize / 100),
    firstTradeDateMilliseconds: tape.finest.from[0],
  };
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
