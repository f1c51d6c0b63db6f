import { DataError, messageOf } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { DAY_MS, timeframeMs, timeframeName } from "../../core/time.ts";
import { allocateBars, type BarSeries, type Market, sliceBars } from "../../market/index.ts";
import { type Dropped, newestOf } from "../../signals/momentumScan/index.ts";
import { findBars, listBars, readManyBars, type StoredSeries, type Workspace } from "../../store/index.ts";

export interface TailsRequest {
  readonly market: Market;
  readonly timeframe: string;
  /** without them all that are stored of the market and timeframe */
  readonly symbols?: readonly string[] | undefined;
  /** of the symbols named, those that count at a moment, ms UTC */
  membersAt?(time: number): ReadonlySet<string>;
  /** ms UTC; later bars are not read */
  readonly asOf?: number | undefined;
  /** last bars wanted of each */
  readonly bars: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

export interface Tails {
  /** by symbol; the last `bars` bars, all where there are fewer */
  readonly series: readonly BarSeries[];
  /** symbols of which there are earlier bars that were not read */
  readonly cut: ReadonlySet<string>;
  /** what is not stored or cannot be read */
  readonly dropped: readonly Dropped[];
}

/** What is read between two looks at the clock: two queries of the store, which run at once. */
const SYMBOLS_AT_ONCE = 500;

/**
 * The last bars of many stored series. The range that surely holds them is guessed from the market's hours, and read anew
 * as a whole only for those with holes. Series that ended long ago are not read: one row with the time of their last bar
 * stands for them, its numbers NaN.
 * @throws DataError when nothing is stored of the market and timeframe
 */
export async function readTails(workspace: Workspace, request: TailsRequest): Promise<Tails> {
  const { market, asOf = Number.POSITIVE_INFINITY, bars: wanted } = request;
  const timeframe = timeframeName(timeframeMs(request.timeframe));
  const known = await storedSeries(workspace, { ...request, timeframe });
  const newest = newestOf(
    known.stored.flatMap(({ from, to }) =>
      from === null || to === null || from >= asOf ? [] : Math.min(to, asOf),
    ),
  );
  const members = request.membersAt?.(Number.isNaN(newest) ? asOf : newest);
  const isMember = ({ symbol }: { readonly symbol: string }): boolean => members?.has(symbol) ?? true;
  const counted = known.stored.filter(isMember);
  const dropped = known.dropped.filter(isMember);
  const from = newest - rangeOf(wanted, market, timeframeMs(timeframe));
  const isPast = ({ to }: StoredSeries): boolean => to !== null && to < from;
  const live = counted.filter((one) => !isPast(one));
  const found = new Map<string, BarSeries>();
  for (const one of counted.filter(isPast)) found.set(one.symbol, endOf(one));
  const cut = new Set<string>();
  const told = { done: 0, total: live.length, began: performance.now() };
  const read = async (symbols: readonly string[], range: { from?: number; to?: number }): Promise<void> => {
    for (let at = 0; at < symbols.length; at += SYMBOLS_AT_ONCE) {
      request.signal?.throwIfAborted();
      const some = symbols.slice(at, at + SYMBOLS_AT_ONCE);
      const many = { market, timeframe, kind: "bars" as const };
      for (const bars of await readSound(workspace, many, some, range, dropped))
        found.set(bars.instrument, bars);
      told.done = Math.min(told.total, told.done + some.length);
      const secondsLeft = ((performance.now() - told.began) / 1000 / told.done) * (told.total - told.done);
      request.onProgress?.({ stage: "read bars", done: told.done, total: told.total, secondsLeft });
    }
  };
  const to = Number.isFinite(asOf) ? { to: asOf } : {};
  await read(
    live.map((one) => one.symbol),
    Number.isFinite(from) ? { from, ...to } : to,
  );
  const few = live.filter(
    (one) => (found.get(one.symbol)?.length ?? wanted) < wanted && one.from !== null && one.from < from,
  );
  await read(
    few.map((one) => one.symbol),
    to,
  );
  for (const one of live) {
    const bars = found.get(one.symbol);
    if (!bars) continue;
    const first = Math.max(0, bars.length - wanted);
    if (
      first > 0 ||
      (one.from !== null && bars.length > 0 && one.from < bars.closeTime[0]! - timeframeMs(timeframe))
    )
      cut.add(one.symbol);
    found.set(one.symbol, sliceBars(bars, first, bars.length));
  }
  const series = [...found.values()].sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
  return { series, cut, dropped };
}

/** What is stored of the symbols, and which of them are not or cannot be read. */
async function storedSeries(
  workspace: Workspace,
  { market, timeframe, symbols }: TailsRequest,
): Promise<{ stored: StoredSeries[]; dropped: Dropped[] }> {
  const dropped: Dropped[] = [];
  const listed = await listBars(workspace).catch((thrown: unknown) => {
    if (symbols && thrown instanceof DataError) return undefined;
    throw thrown;
  });
  const all = listed?.filter((one) => one.market === market && one.timeframe === timeframe);
  if (!symbols) {
    if (all && all.length > 0) return { stored: all, dropped };
    throw new DataError(
      `scan: no ${timeframe} bars of market ${market} are stored in ${workspace.dir}: import or download them first (orion data import, orion data download)`,
    );
  }
  const bySymbol = new Map(all?.map((one) => [one.symbol, one]));
  const stored: StoredSeries[] = [];
  for (const symbol of symbols) {
    try {
      // one damaged file hides the whole list: then each is asked by itself
      const one = all ? bySymbol.get(symbol) : await findBars(workspace, { symbol, timeframe, market });
      if (one) stored.push(one);
      else dropped.push({ symbol, reason: "missing", detail: `no ${timeframe} bars of it are stored` });
    } catch (thrown) {
      if (!(thrown instanceof DataError)) throw thrown;
      dropped.push({ symbol, reason: "damaged", detail: messageOf(thrown) });
    }
  }
  return { stored, dropped };
}

/** Reads together, and by halves where one of them is damaged, until that one is found. */
async function readSound(
  workspace: Workspace,
  many: { market: Market; timeframe: string; kind: "bars" },
  symbols: readonly string[],
  range: { from?: number; to?: number },
  dropped: Dropped[],
): Promise<BarSeries[]> {
  if (symbols.length === 0) return [];
  try {
    return await readManyBars(workspace, { ...many, symbols }, range);
  } catch (thrown) {
    if (!(thrown instanceof DataError)) throw thrown;
    if (symbols.length === 1) {
      dropped.push({ symbol: symbols[0]!, reason: "damaged", detail: messageOf(thrown) });
      return [];
    }
    const half = symbols.length >> 1;
    const first = await readSound(workspace, many, symbols.slice(0, half), range, dropped);
    return [...first, ...(await readSound(workspace, many, symbols.slice(half), range, dropped))];
  }
}

/** ms that hold so many bars: stocks trade on 252 of 365 days, 6.5 hours on each; a fortnight of holidays besides. */
function rangeOf(bars: number, market: Market, barMs: number): number {
  const days = market === "stock" && barMs < 7 * DAY_MS ? 365 / 252 : 1;
  // shorter bars than a day are aligned to the clock: the first and last of a session are not whole
  const hours = market === "stock" && barMs < DAY_MS ? 24 / 6.5 : 1;
  return bars * barMs * days * hours + 14 * DAY_MS;
}

function endOf({ symbol, to }: StoredSeries): BarSeries {
  const end = allocateBars(symbol, 1);
  end.closeTime[0] = to!;
  for (const name of ["open", "high", "low", "close", "volume"] as const) end[name][0] = Number.NaN;
  return end;
}
