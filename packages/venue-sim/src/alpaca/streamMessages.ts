import type { Quote } from "../quote.ts";
import type { Bar } from "../tape.ts";
import { alpacaBar } from "./bars.ts";

/** Fields of docs.alpaca.markets/docs/real-time-stock-pricing-data; times are Dates, which each wire writes its way. */
export function barMessage(type: "b" | "d", symbol: string, bar: Bar, timeframe: string): object {
  const { t, ...numbers } = alpacaBar(bar, timeframe);
  return { T: type, S: symbol, ...numbers, t: new Date(t) };
}

export const tradeMessage = (symbol: string, quote: Quote): object => ({
  T: "t",
  S: symbol,
  i: quote.number + 1,
  x: "V",
  p: quote.last,
  s: quote.lastSize,
  t: new Date(quote.time),
  c: ["@"],
  z: "C",
});

export const quoteMessage = (symbol: string, quote: Quote): object => ({
  T: "q",
  S: symbol,
  bx: "V",
  bp: quote.bid,
  bs: quote.bidSize,
  ax: "V",
  ap: quote.ask,
  as: quote.askSize,
  t: new Date(quote.time),
  c: ["R"],
  z: "C",
});
