import { UsageError } from "../../../core/errors.ts";
import { DAY_MS, isoTime, MINUTE_MS, timeframeMs, timeframeName } from "../../../core/time.ts";
import { factorsFromEvents } from "../../actions/factorsFromEvents.ts";
import type { PriceFactors } from "../../actions/priceFactors.ts";
import { checkSymbol } from "../../instrument.ts";
import { clientLibrary } from "../clientLibrary.ts";
import { FetchProgress } from "../fetchProgress.ts";
import type { FetchRequest, HistoryRequest, Source } from "../source.ts";
import { exchangeDay } from "../stock/exchangeDay.ts";
import { type StockAsk, type StockVenue, stockBars } from "../stock/stockBars.ts";
import type { BarRow } from "../venueBars.ts";
import { rawPrice, rawVolume } from "./rawPrice.ts";
import { type YahooChart, YahooClient, type YahooInterval, type YahooOptions } from "./yahooClient.ts";
import { yahooSymbol } from "./yahooSymbol.ts";

export type { YahooOptions } from "./yahooClient.ts";

interface Reach {
  readonly name: YahooInterval;
  /** how far back Yahoo has these bars; null: since the listing */
  readonly days: number | null;
  /** the longest range of one request */
  readonly pageDays: number;
}

/** Yahoo documents none of this; its own refusals say it ("must be within the last 60 days"). */
const INTERVALS = new Map<number, Reach>([
  [MINUTE_MS, { name: "1m", days: 30, pageDays: 7 }],
  [2 * MINUTE_MS, { name: "2m", days: 60, pageDays: 60 }],
  [5 * MINUTE_MS, { name: "5m", days: 60, pageDays: 60 }],
  [15 * MINUTE_MS, { name: "15m", days: 60, pageDays: 60 }],
  [30 * MINUTE_MS, { name: "30m", days: 60, pageDays: 60 }],
  [DAY_MS, { name: "1d", days: null, pageDays: 4000 }],
]);

/**
 * US stocks, ETFs and indices from Yahoo. Its prices come divided by all later splits; they are multiplied back, by the splits
 * that Yahoo names, so that the store holds what was traded: a price that the next split does not change, whichever day it
 * was fetched on. Splits and dividends are fetched apart, as factors (`fetchActions`). Indices have no volume: 0.
 */
export function yahooSource(options: YahooOptions = {}): Source {
  let connected: Promise<YahooClient> | undefined;
  const connect = async (): Promise<YahooClient> => {
    connected ??= YahooClient.connect(options).catch((thrown: unknown) => {
      connected = undefined;
      throw thrown;
    });
    return await connected;
  };
  return {
    name: "yahoo",
    market: "stock",
    client: clientLibrary("yahoo-finance2"),
    async *fetchBars(request) {
      const client = await connect();
      const venue = yahooVenue(client);
      checkReach(client.now(), request);
      yield* stockBars(venue, request);
    },
    fetchActions: async (request) => await fetchYahooActions(await connect(), request),
  };
}

function yahooVenue(client: YahooClient): StockVenue {
  return {
    name: "yahoo",
    barMs: [...INTERVALS.keys()],
    attempts: client.calls.policy.attempts,
    now: () => client.now(),
    pages: (ask) => yahooPages(client, ask),
  };
}

/** Older bars than Yahoo keeps are refused as a whole: half of what was asked for would look like all of it. */
function checkReach(now: number, { since, timeframe, symbol }: FetchRequest): void {
  const barMs = timeframeMs(timeframe);
  const part = INTERVALS.get(barMs) ?? (barMs < DAY_MS ? INTERVALS.get(30 * MINUTE_MS) : undefined);
  if (!part || part.days === null || since >= now - part.days * DAY_MS) return;
  const first = isoTime(Math.ceil((now - part.days * DAY_MS) / DAY_MS) * DAY_MS).slice(0, 10);
  throw new UsageError(
    `yahoo keeps ${timeframe} bars for ${part.days} days only: say --since ${first} or later for ${symbol}, or --timeframe 1d`,
  );
}

async function* yahooPages(client: YahooClient, ask: StockAsk): AsyncGenerator<BarRow[]> {
  const { symbol, barMs, from, to, signal, progress } = ask;
  const name = yahooSymbol(symbol);
  const { name: interval, pageDays } = INTERVALS.get(barMs)!;
  const asked = {
    what: `bars of ${symbol} ${timeframeName(barMs)}`,
    symbol,
    signal,
    onWait: progress.waiting,
  };
  // all splits until now: those after the range changed its prices too
  const daily = await client.chart(asked, name, { from, to: Math.max(to, client.now()), interval: "1d" });
  const sharesAfter = sharesAfterOf(daily);
  if (barMs === DAY_MS) {
    yield rowsOf(daily, barMs, sharesAfter);
    return;
  }
  for (let at = from; at < to; at += pageDays * DAY_MS) {
    const page = { from: at, to: Math.min(to, at + pageDays * DAY_MS), interval };
    yield rowsOf(await client.chart(asked, name, page), barMs, sharesAfter);
  }
}

/** What one share of a day has become by later splits. */
function sharesAfterOf(chart: YahooChart): (day: number) => number {
  const splits = (chart.events?.splits ?? []).map((split) => ({
    day: exchangeDay(split.date.getTime()),
    shares: split.numerator / split.denominator,
  }));
  return (day) => splits.reduce((all, split) => (split.day > day ? all * split.shares : all), 1);
}

function rowsOf(chart: YahooChart, barMs: number, sharesAfter: (day: number) => number): BarRow[] {
  const rows: BarRow[] = [];
  for (const { date, open, high, low, close, volume } of chart.quotes) {
    // a row without prices: no trade, or a day that Yahoo has lost
    if (open == null || high == null || low == null || close == null) continue;
    const time = date.getTime();
    const day = exchangeDay(time);
    const shares = sharesAfter(day);
    const closeTime = (barMs === DAY_MS ? day : time) + barMs;
    const last = rows[rows.length - 1];
    // the day that forms comes twice at times: as it stood, and with its last trade; the later one is the newer
    if (barMs === DAY_MS && last?.closeTime === closeTime) rows.pop();
    // the trade in progress is a row of its own, stamped with its second
    if (barMs < DAY_MS && time % barMs !== 0) continue;
    rows.push({
      closeTime,
      open: rawPrice(open, shares),
      high: rawPrice(high, shares),
      low: rawPrice(low, shares),
      close: rawPrice(close, shares),
      volume: rawVolume(volume ?? Number.NaN, shares),
    });
  }
  return rows;
}

/** Splits and dividends from `since` on, as factors. Yahoo's dividends, like its closes, are in today's shares. */
async function fetchYahooActions(client: YahooClient, request: HistoryRequest): Promise<PriceFactors> {
  const symbol = checkSymbol(request.symbol);
  const progress = new FetchProgress(`${symbol} splits and dividends`, request.onProgress, () =>
    client.now(),
  );
  const chart = await client.chart(
    {
      what: `splits and dividends of ${symbol}`,
      symbol,
      signal: request.signal,
      onWait: progress.waiting,
    },
    yahooSymbol(symbol),
    { from: request.since, to: client.now(), interval: "1d" },
  );
  const sharesAfter = sharesAfterOf(chart);
  const closes = rowsOf(chart, DAY_MS, sharesAfter);
  const splits = (chart.events?.splits ?? []).map((split) => ({
    exDay: exchangeDay(split.date.getTime()),
    shares: split.numerator / split.denominator,
  }));
  const days = new Map<number, { shares: number; dividend: number }>();
  for (const { exDay, shares } of splits) {
    days.set(exDay, { shares: (days.get(exDay)?.shares ?? 1) * shares, dividend: 0 });
  }
  for (const { date, amount } of chart.events?.dividends ?? []) {
    const exDay = exchangeDay(date.getTime());
    const day = days.get(exDay) ?? { shares: 1, dividend: 0 };
    days.set(exDay, { ...day, dividend: day.dividend + amount * sharesAfter(exDay) });
  }
  return factorsFromEvents(
    symbol,
    [...days].map(([exDay, event]) => ({ exDay, ...event })),
    (exDay) => {
      const before = closes.findLast((row) => row.closeTime <= exDay);
      return before ? { day: before.closeTime - DAY_MS, close: before.close } : null;
    },
  );
}
