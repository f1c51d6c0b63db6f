import { type Call, json, type Route } from "../dialect.ts";
import { type Quote, quoteAt } from "../quote.ts";
import { lastAt, type Tape } from "../tape.ts";
import { checkSymbol, symbolsOf, tapeOf } from "./access.ts";
import { alpacaBar, rfc3339 } from "./bars.ts";

type Part = (call: Call, tape: Tape) => object | null;

/** Latest trades, quotes, bars and snapshots: docs.alpaca.markets/reference/stocklatesttrades and its neighbours. */
export function latestRoutes(): Route[] {
  const parts: readonly (readonly [string, string, Part])[] = [
    ["trades", "trade", (call, tape) => latestTrade(quoteOf(call, tape))],
    ["quotes", "quote", (call, tape) => latestQuote(quoteOf(call, tape))],
    ["bars", "bar", (call, tape) => barNow(call, tape, "1m", 0)],
  ];
  const latest = parts.flatMap(([many, one, part]): Route[] => [
    {
      method: "GET",
      path: new RegExp(`^/v2/stocks/${many}/latest$`),
      handle: (call) => json({ [many]: bySymbol(call, part) }),
    },
    {
      method: "GET",
      path: new RegExp(`^/v2/stocks/([^/]+)/${many}/latest$`),
      handle: (call) => {
        const symbol = checkSymbol(call.caught[0] ?? "");
        const tape = tapeOf(call.world, symbol);
        const found = tape && part(call, tape);
        return found
          ? json({ symbol, [one]: found })
          : json({ message: `no ${one} found for ${symbol}` }, 404);
      },
    },
  ]);
  return [
    ...latest,
    { method: "GET", path: /^\/v2\/stocks\/snapshots$/, handle: (call) => json(bySymbol(call, snapshot)) },
    {
      method: "GET",
      path: /^\/v2\/stocks\/([^/]+)\/snapshot$/,
      handle: (call) => {
        const symbol = checkSymbol(call.caught[0] ?? "");
        const tape = tapeOf(call.world, symbol);
        return tape
          ? json({ symbol, ...snapshot(call, tape) })
          : json({ message: `no snapshot found for ${symbol}` }, 404);
      },
    },
  ];
}

function bySymbol(call: Call, part: Part): Record<string, object> {
  const found: Record<string, object> = {};
  for (const symbol of symbolsOf(call)) {
    const tape = tapeOf(call.world, symbol);
    const value = tape && part(call, tape);
    if (value) found[symbol] = value;
  }
  return found;
}

const quoteOf = (call: Call, tape: Tape): Quote | null => quoteAt(call.world, tape, call.now, 0.01, 1);

export const latestTrade = (quote: Quote | null): object | null =>
  quote && {
    t: rfc3339(quote.time),
    x: "V",
    p: quote.last,
    s: Math.round(quote.lastSize),
    c: ["@"],
    i: quote.number + 1,
    z: "C",
  };

export const latestQuote = (quote: Quote | null): object | null =>
  quote && {
    t: rfc3339(quote.time),
    ax: "V",
    ap: quote.ask,
    as: quote.askSize,
    bx: "V",
    bp: quote.bid,
    bs: quote.bidSize,
    c: ["R"],
    z: "C",
  };

/** The bar of `now`, or the one `back` before it. */
function barNow(call: Call, tape: Tape, timeframe: string, back: number): object | null {
  const columns = tape.columns(timeframe) ?? tape.finest;
  const i = lastAt(columns.from, call.now) - back;
  const bar = i >= 0 ? tape.bar(columns, i, call.now) : null;
  return bar && alpacaBar(bar, columns.timeframe);
}

const snapshot = (call: Call, tape: Tape): object => ({
  latestTrade: latestTrade(quoteOf(call, tape)),
  latestQuote: latestQuote(quoteOf(call, tape)),
  minuteBar: barNow(call, tape, "1m", 0),
  dailyBar: barNow(call, tape, "1d", 0),
  prevDailyBar: barNow(call, tape, "1d", 1),
});
