import { decimal } from "../decimal.ts";
import { type Call, json, type Route } from "../dialect.ts";
import { lastAt, lowerBound, type Tape } from "../tape.ts";
import { DAY_MS, timeframeMs } from "../timeframe.ts";
import type { BinanceExchange } from "./exchange.ts";
import { limitOf } from "./klines.ts";
import { missing, refuse, wholeNumber } from "./refusal.ts";

const FUNDING_MS = 8 * 3_600_000;
const PERIODS = "5m 15m 30m 1h 2h 4h 6h 12h 1d".split(" ");

/**
 * What only futures have: mark price, funding, open interest. …/usds-margined-futures/market-data/rest-api/Mark-Price,
 * Get-Funding-Rate-History, Open-Interest, Open-Interest-Statistics.
 */
export function contractRoutes(exchange: BinanceExchange): Route[] {
  return [
    {
      method: "GET",
      path: /^\/fapi\/v1\/premiumIndex$/,
      handle: (call) => {
        if (call.query.has("symbol")) {
          exchange.weigh(call, 1);
          return json(premiumIndex(exchange, exchange.live(call), call));
        }
        exchange.weigh(call, 10);
        const tapes = exchange.symbols("futures").flatMap((s) => exchange.find("futures", s) ?? []);
        return json(tapes.map((tape) => premiumIndex(exchange, tape, call)));
      },
    },
    {
      method: "GET",
      path: /^\/fapi\/v1\/fundingRate$/,
      handle: (call) => json(fundingRates(exchange, call)),
    },
    { method: "GET", path: /^\/fapi\/v1\/fundingInfo$/, handle: () => json([]) },
    {
      method: "GET",
      path: /^\/fapi\/v1\/openInterest$/,
      handle: (call) => json(openInterest(exchange, call)),
    },
    {
      method: "GET",
      path: /^\/futures\/data\/openInterestHist$/,
      handle: (call) => json(openInterestHistory(exchange, call)),
    },
  ];
}

/** Mark price now: the mark series' last price, the contract's own where none was recorded. */
export function markPrice(exchange: BinanceExchange, tape: Tape, now: number): number {
  const mark = exchange.find("futures", tape.symbol, "mark") ?? tape;
  return mark.last(now)?.point.price ?? tape.finest.open[0]!;
}

export function lastFundingRate(exchange: BinanceExchange, symbol: string, now: number): number {
  const funding = exchange.world.funding(symbol);
  const i = funding ? lastAt(funding.time, now) : -1;
  return funding && i >= 0 ? funding.rate[i]! : 0;
}

export const nextFundingTime = (now: number): number => (Math.floor(now / FUNDING_MS) + 1) * FUNDING_MS;

function premiumIndex(exchange: BinanceExchange, tape: Tape, call: Call): object {
  const mark = markPrice(exchange, tape, call.now);
  const index = exchange.find("futures", tape.symbol, "index")?.last(call.now)?.point.price ?? mark;
  return {
    symbol: tape.symbol,
    markPrice: decimal(mark, 8),
    indexPrice: decimal(index, 8),
    estimatedSettlePrice: decimal(index, 8),
    lastFundingRate: decimal(lastFundingRate(exchange, tape.symbol, call.now), 8),
    interestRate: "0.00010000",
    nextFundingTime: nextFundingTime(call.now),
    time: call.toldTime,
  };
}

function fundingRates(exchange: BinanceExchange, call: Call): object[] {
  const limit = limitOf(call, 1000, 100);
  const startTime = wholeNumber(call, "startTime", null);
  const endTime = wholeNumber(call, "endTime", null);
  const symbols = call.query.has("symbol") ? [exchange.tape(call).symbol] : exchange.symbols("futures");
  const rows = symbols.flatMap((symbol) => {
    const funding = exchange.world.funding(symbol);
    if (!funding) return [];
    const last = lastAt(funding.time, Math.min(call.now, endTime ?? Number.POSITIVE_INFINITY));
    const first = lowerBound(funding.time, startTime ?? Number.NEGATIVE_INFINITY);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => {
      const i = first + k;
      const mark = funding.markPrice?.[i];
      return {
        symbol,
        fundingTime: funding.time[i]!,
        fundingRate: decimal(funding.rate[i]!, 8),
        // older payments have none at the venue either
        markPrice: mark === undefined || Number.isNaN(mark) ? "" : decimal(mark, 8),
      };
    });
  });
  rows.sort((a, b) => a.fundingTime - b.fundingTime);
  return startTime === null ? rows.slice(-limit) : rows.slice(0, limit);
}

function openInterest(exchange: BinanceExchange, call: Call): object {
  exchange.weigh(call, 1);
  const tape = exchange.live(call);
  const recorded = exchange.world.openInterest(tape.symbol);
  const i = recorded ? lastAt(recorded.time, call.now) : -1;
  if (!recorded || i < 0) return refuse(400, -1000, `No open interest of ${tape.symbol} was recorded.`);
  return { symbol: tape.symbol, openInterest: decimal(recorded.contracts[i]!, 3), time: recorded.time[i] };
}

/** The newest `limit` of the window, oldest first; the venue keeps 30 days. */
function openInterestHistory(exchange: BinanceExchange, call: Call): object[] {
  const period = call.query.get("period") || missing("period");
  if (!PERIODS.includes(period)) refuse(400, -1130, "Data sent for parameter 'period' is not valid.");
  const limit = limitOf(call, 500, 30);
  const startTime = wholeNumber(call, "startTime", null);
  const endTime = wholeNumber(call, "endTime", null);
  const oldest = call.now - 30 * DAY_MS;
  if (startTime !== null && startTime < oldest) refuse(400, -1130, "parameter 'startTime' is invalid.");
  if (startTime !== null && endTime !== null && endTime < startTime) {
    refuse(400, -1130, "parameter 'endTime' is invalid.");
  }
  const { symbol } = exchange.tape(call);
  const recorded = exchange.world.openInterest(symbol);
  if (!recorded) return [];
  const stepMs = timeframeMs(period);
  const newest = Math.min(call.now, endTime ?? Number.POSITIVE_INFINITY, recorded.time.at(-1)! + stepMs - 1);
  const rows: object[] = [];
  for (
    let at = Math.floor(newest / stepMs) * stepMs;
    at >= (startTime ?? oldest) && rows.length < limit;
    at -= stepMs
  ) {
    const i = lastAt(recorded.time, at);
    if (i < 0) break;
    rows.unshift({
      symbol,
      sumOpenInterest: decimal(recorded.contracts[i]!, 8),
      sumOpenInterestValue: decimal(recorded.value[i]!, 8),
      timestamp: at,
    });
  }
  return rows;
}
