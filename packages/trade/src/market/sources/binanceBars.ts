import { DataError } from "../../core/errors.ts";
import { DAY_MS, timeframeMs, timeframeName } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import { floorToGrid } from "../timeGrid.ts";
import type { BinanceClient } from "./binanceClient.ts";
import { CutAnswer } from "./connectionFault.ts";
import { FetchProgress } from "./fetchProgress.ts";
import type { FetchRequest } from "./source.ts";
import { type BarRow, venueBars } from "./venueBars.ts";

/** Bars a request: the most that spot gives; futures would give 1500, which weighs twice as much. */
const PAGE_BARS = 1000;

/** A bar that ended less than this ago may still change: so long is waited before it is read again. */
const YOUNG_MS = 10_000;
const SETTLE_MS = 2_000;

/**
 * Closed bars in pages. A bar counts as closed when the exchange serves a later one: no clock has to be right for that.
 * The last bar of a symbol that trades no more has no later one; it counts once it ended a day (or two bars) ago by the
 * exchange's clock. The newest closed bar is read twice, since exchanges serve it unfinished for a moment after its end.
 */
export async function* binanceBars(
  client: BinanceClient,
  request: FetchRequest,
  price: "trade" | "mark" = "trade",
): AsyncGenerator<BarSeries> {
  const { signal } = request;
  const interval = client.interval(request.timeframe);
  const barMs = timeframeMs(interval);
  const what = `${request.symbol} ${timeframeName(barMs)}`;
  const progress = new FetchProgress(what, request.onProgress, client.clock);
  const asked = { signal, onWait: progress.waiting };
  const symbol = await client.symbol(request.symbol, asked);
  const now = await client.now(asked);
  const first = floorToGrid(request.since + barMs - 1, barMs);
  const until = request.until === undefined ? Number.POSITIVE_INFINITY : floorToGrid(request.until, barMs);
  progress.expect(first, floorToGrid(Math.min(until, now), barMs), barMs);
  const isLongClosed = (row: BarRow): boolean => row.closeTime + Math.max(DAY_MS, 2 * barMs) <= now;
  const ask = async (startTime: number, limit: number): Promise<BarRow[]> => {
    const rows = await client.call({ ...asked, what: `bars of ${what}` }, () =>
      askKlines(client, price, {
        symbol,
        interval,
        startTime,
        // the bar after the last one wanted shows that it is closed
        ...(Number.isFinite(until) ? { endTime: until } : {}),
        limit,
      }),
    );
    return rows.map((row) => toRow(row, barMs)).filter((row) => !(row.closeTime - barMs < startTime));
  };
  for (let next = first; next < until; ) {
    const rows = await ask(next, PAGE_BARS);
    const isLastPage = rows.length < PAGE_BARS;
    let closed = rows.filter(
      (row, i) => (i < rows.length - 1 || isLongClosed(row)) && !(row.closeTime > until),
    );
    const early = closed.find((row) => row.closeTime > now + DAY_MS);
    if (early) {
      throw new DataError(
        `${client.name} gave a ${symbol} bar that closes ${early.closeTime - now} ms after its own clock: nothing of it was taken`,
      );
    }
    const newest = closed[closed.length - 1];
    if (isLastPage && newest && !isLongClosed(newest)) {
      const { policy } = client.calls;
      const settled = await readTwice(newest, policy.attempts, async () => {
        if (now - newest.closeTime < YOUNG_MS) await policy.sleep(SETTLE_MS, signal);
        const [again] = await ask(newest.closeTime - barMs, 2);
        return again;
      });
      if (!settled) progress.note("the newest bar is left out: the exchange still changes it");
      closed = [...closed.slice(0, -1), ...(settled ? [settled] : [])];
    }
    const bars = venueBars(closed, {
      source: client.name,
      symbol,
      after: next,
      gridMs: barMs,
      hasNoVolume: price === "mark",
    });
    if (bars.length === 0) break;
    next = bars.closeTime[bars.length - 1]!;
    progress.reached(next);
    yield bars;
    if (isLastPage) break;
    signal?.throwIfAborted();
  }
}

/** The row once two readings one after the other agree; null when they never do. */
async function readTwice(
  first: BarRow,
  attempts: number,
  read: () => Promise<BarRow | undefined>,
): Promise<BarRow | null> {
  let held = first;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const again = await read();
    if (!again) return null;
    if ((Object.keys(held) as (keyof BarRow)[]).every((name) => Object.is(held[name], again[name])))
      return held;
    held = again;
  }
  return null;
}

/** The plain call, not fetchOHLCV: that turns a body which ends too early into an empty list, as if all were fetched. */
async function askKlines(
  { exchange, name }: BinanceClient,
  price: "trade" | "mark",
  query: Readonly<Record<string, string | number>>,
): Promise<unknown[][]> {
  const ask = (): Promise<unknown> => {
    if (price === "mark") return exchange.fapiPublicGetMarkPriceKlines(query);
    return name === "binance" ? exchange.publicGetKlines(query) : exchange.fapiPublicGetKlines(query);
  };
  const answer = await ask();
  if (Array.isArray(answer) && answer.every((row) => Array.isArray(row))) return answer;
  throw new CutAnswer("the answer is no list of bars");
}

function toRow(row: readonly unknown[], barMs: number): BarRow {
  const [start, open, high, low, close, volume] = row.slice(0, 6).map(numberOf);
  return {
    closeTime: (start ?? Number.NaN) + barMs,
    open: open ?? Number.NaN,
    high: high ?? Number.NaN,
    low: low ?? Number.NaN,
    close: close ?? Number.NaN,
    volume: volume ?? Number.NaN,
  };
}

/** NaN for what is no number: an empty text or null must not become zero. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}
