import { upperBound } from "../../../core/columns.ts";
import { UsageError } from "../../../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, timeframeMs, timeframeName } from "../../../core/time.ts";
import type { BarSeries } from "../../bars.ts";
import { calendarOf } from "../../calendars/calendarOf.ts";
import { checkSymbol } from "../../instrument.ts";
import { floorToGrid } from "../../timeGrid.ts";
import { FetchProgress } from "../fetchProgress.ts";
import type { FetchRequest } from "../source.ts";
import { type BarRow, venueBars } from "../venueBars.ts";

/** Bars of one length that a venue is asked for; starts of bars in [from, to), ms UTC. */
export interface StockAsk {
  readonly symbol: string;
  readonly barMs: number;
  readonly from: number;
  readonly to: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress: FetchProgress;
}

/** A venue of US stocks, as `stockBars` asks it. */
export interface StockVenue {
  readonly name: string;
  /** lengths that it is asked for, ms; longer ones are put together from them */
  readonly barMs: readonly number[];
  /** tries until two readings of the newest bars agree */
  readonly attempts: number;
  /** ms UTC; known well once the venue has answered */
  now(): number;
  /** Rows oldest first in pages; rows outside [from, to), of other hours or still forming may be among them. */
  pages(ask: StockAsk): AsyncIterable<readonly BarRow[]>;
}

const HALF_HOUR_MS = 30 * MINUTE_MS;
/** longer than any closing of the exchange: within it there is a newest bar, if the symbol trades */
const LOOK_BACK_MS = 7 * DAY_MS;
const FIRST_SESSION = Date.UTC(1998, 0, 1);

/**
 * Closed bars of a US stock in pages, as the store holds them:
 * - below a day: bars of regular hours (09:30 to 16:00 New York time, 13:00 on half days), on the grid of UTC;
 * - hours are put together from half hours, since venues disagree on where an hour begins (Yahoo at half past) and on
 *   whether the first one holds trades before the open (Alpaca's does);
 * - a day is its date, from midnight to midnight UTC: a day that forms is never closed; weeks, from Monday on, are put
 *   together from days.
 *
 * The newest bars are read until two readings agree: venues serve them unfinished for a while after their end.
 * @throws UsageError for a length that the venue cannot give, DataError for rows that are no bars
 */
export async function* stockBars(venue: StockVenue, request: FetchRequest): AsyncGenerator<BarSeries> {
  const { signal } = request;
  const barMs = timeframeMs(request.timeframe);
  const partMs = partOf(venue, barMs);
  const symbol = checkSymbol(request.symbol);
  const progress = new FetchProgress(`${symbol} ${timeframeName(barMs)}`, request.onProgress, venue.now);
  const first = floorToGrid(request.since + barMs - 1, barMs);
  const endBy = (now: number): number => floorToGrid(Math.min(request.until ?? now, now), barMs);
  const end = endBy(venue.now());
  if (first >= end) return;
  progress.expect(first, end, stepOf(first, end, barMs));
  const read = (from: number): AsyncGenerator<BarRow[]> =>
    wholeBars(venue, { symbol, barMs: partMs, from, to: end, signal, progress }, barMs);
  let after = first;
  let held: BarRow[] = [];
  for await (const rows of read(first)) {
    signal?.throwIfAborted();
    const page = held;
    held = rows.filter((row) => !(row.closeTime > endBy(venue.now())));
    if (page.length === 0) continue;
    const bars = venueBars(page, { source: venue.name, symbol, after });
    after = bars.closeTime[bars.length - 1]!;
    progress.reached(after);
    yield bars;
  }
  let newest = held;
  if (end > venue.now() - Math.max(DAY_MS, 2 * barMs)) {
    newest = await settled(venue, progress, newest, async () => {
      const newestRow = held[held.length - 1];
      const from = newestRow
        ? newestRow.closeTime - barMs
        : Math.max(first, floorToGrid(end - Math.max(LOOK_BACK_MS, 2 * barMs), barMs));
      const again: BarRow[] = [];
      for await (const rows of read(from)) again.push(...rows);
      // the venue's clock is known by now: it may be behind ours
      return again.filter((row) => !(row.closeTime > endBy(venue.now())));
    });
  }
  const bars = venueBars(newest, { source: venue.name, symbol, after });
  progress.reached(end);
  if (bars.length > 0) yield bars;
}

/** `rows` with their end as two readings one after the other gave it; without what never stays the same. */
async function settled(
  venue: StockVenue,
  progress: FetchProgress,
  rows: readonly BarRow[],
  read: () => Promise<BarRow[]>,
): Promise<BarRow[]> {
  const head = rows.slice(0, -1);
  let tail = rows.slice(-1);
  for (let attempt = 0; attempt < venue.attempts; attempt++) {
    const again = await read();
    if (isSame(tail, again)) return [...head, ...tail];
    tail = again;
  }
  progress.note("the newest bar is left out: the venue still changes it");
  return head;
}

const NAMES = ["closeTime", "open", "high", "low", "close", "volume"] as const;

const isSame = (a: readonly BarRow[], b: readonly BarRow[]): boolean =>
  a.length === b.length && a.every((row, i) => NAMES.every((name) => Object.is(row[name], b[i]![name])));

/** The rows wanted, of regular hours, put together where the bar is longer than the venue's. */
async function* wholeBars(venue: StockVenue, ask: StockAsk, barMs: number): AsyncGenerator<BarRow[]> {
  const calendar = calendarOf("nyse");
  const isWanted = (row: BarRow): boolean => {
    const start = row.closeTime - ask.barMs;
    if (!(start >= ask.from && row.closeTime <= ask.to)) return false;
    return ask.barMs >= DAY_MS || start < FIRST_SESSION || calendar.isOpen(start);
  };
  let open: BarRow | null = null;
  for await (const page of venue.pages(ask)) {
    // a row that has no time is told as such by venueBars, not passed over
    const rows = page.filter((row) => Number.isNaN(row.closeTime) || isWanted(row));
    if (barMs === ask.barMs) {
      if (rows.length > 0) yield rows;
      continue;
    }
    const joined: BarRow[] = [];
    for (const row of rows) {
      const closeTime = floorToGrid(row.closeTime - ask.barMs, barMs) + barMs;
      if (open !== null && open.closeTime === closeTime) open = join(open, row);
      else {
        if (open !== null) joined.push(open);
        open = { ...row, closeTime };
      }
    }
    if (joined.length > 0) yield joined;
  }
  if (open !== null) yield [open];
}

const join = (a: BarRow, b: BarRow): BarRow => ({
  closeTime: a.closeTime,
  open: a.open,
  high: Math.max(a.high, b.high),
  low: Math.min(a.low, b.low),
  close: b.close,
  volume: a.volume + b.volume,
});

/** The venue's own length from which bars of `barMs` are made. */
function partOf(venue: StockVenue, barMs: number): number {
  if (venue.barMs.includes(barMs)) return barMs;
  if (barMs % HOUR_MS === 0 && DAY_MS % barMs === 0 && barMs < DAY_MS) return HALF_HOUR_MS;
  if (barMs === 7 * DAY_MS) return DAY_MS;
  const own = venue.barMs.filter((ms) => ms < HOUR_MS).map(timeframeName);
  throw new UsageError(
    `${venue.name} has no ${timeframeName(barMs)} bars: choose one of ${[...own, "1h", "2h", "3h", "4h", "6h", "8h", "12h", "1d", "1w"].join(", ")}`,
  );
}

/** ms between two bars on average, closing hours included, so that the bars to come are counted right. */
function stepOf(first: number, end: number, barMs: number): number {
  const from = Math.max(first, FIRST_SESSION);
  if (end <= from) return barMs;
  const starts = calendarOf("nyse").barStarts(barMs, from, end);
  const inside = upperBound(starts, end);
  return inside === 0 ? barMs : (end - from) / inside;
}
