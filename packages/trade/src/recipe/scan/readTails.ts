import { DataError, messageOf } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { DAY_MS, timeframeMs, timeframeName } from "../../core/time.ts";
import { type BarSeries, type Market, sliceBars } from "../../market/index.ts";
import { type Dropped, newestOf } from "../../signals/momentumScan/index.ts";
import {
  findBars,
  listBars,
  locate,
  readManyBars,
  type TimeRange,
  type Workspace,
} from "../../store/index.ts";

export interface TailsRequest {
  readonly market: Market;
  readonly timeframe: string;
  /** without them all that are stored of the market and timeframe */
  readonly symbols?: readonly string[] | undefined;
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
  /** what is not stored or cannot be read */
  readonly dropped: readonly Dropped[];
}

/** What is read between two looks at the clock: two queries of the store, which run at once. */
const SYMBOLS_AT_ONCE = 500;
/** Series whose ends say where the range of all lies: opening each of them would take as long as reading. */
const ASKED = 16;

/**
 * The last bars of many stored series. The range that should hold them is guessed from the ends of a few and the market's
 * hours; those that have fewer bars in it are read as a whole, so that the guess decides the time it takes and never the answer.
 * @throws DataError when nothing is stored of the market and timeframe
 */
export async function readTails(workspace: Workspace, request: TailsRequest): Promise<Tails> {
  const { market, asOf, bars: wanted, signal } = request;
  const timeframe = timeframeName(timeframeMs(request.timeframe));
  const many = { market, timeframe, kind: "bars" as const };
  const { symbols, ends, dropped } = await storedSeries(workspace, { ...request, timeframe });
  const newest = newestOf(ends.map((end) => Math.min(end, asOf ?? end)));
  const from = newest - rangeOf(wanted, market, timeframeMs(timeframe));
  const found = new Map<string, BarSeries>();
  const began = performance.now();
  let done = 0;
  const read = async (some: readonly string[], range: TimeRange, total: number): Promise<void> => {
    for (let at = 0; at < some.length; at += SYMBOLS_AT_ONCE) {
      signal?.throwIfAborted();
      const now = some.slice(at, at + SYMBOLS_AT_ONCE);
      for (const bars of await readSound(workspace, many, now, range, dropped))
        found.set(bars.instrument, sliceBars(bars, Math.max(0, bars.length - wanted), bars.length));
      done += now.length;
      const secondsLeft = ((performance.now() - began) / 1000 / done) * (total - done);
      request.onProgress?.({ stage: "read bars", done, total, secondsLeft });
    }
  };
  const to = asOf === undefined ? {} : { to: asOf };
  if (Number.isFinite(from)) {
    await read(symbols, { ...to, from }, symbols.length);
    const few = symbols.filter((symbol) => (found.get(symbol)?.length ?? wanted) < wanted);
    await read(few, to, symbols.length + few.length);
  } else await read(symbols, to, symbols.length);
  const series = [...found.values()].sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
  return { series, dropped };
}

/** Which of the symbols are stored, and the closes of the last bars of some of them. */
async function storedSeries(
  workspace: Workspace,
  { market, timeframe, symbols }: TailsRequest,
): Promise<{ symbols: readonly string[]; ends: number[]; dropped: Dropped[] }> {
  if (!symbols) {
    const all = (await listBars(workspace)).filter(
      (one) => one.market === market && one.timeframe === timeframe,
    );
    if (all.length > 0)
      return {
        symbols: all.map((one) => one.symbol),
        ends: all.flatMap((one) => one.to ?? []),
        dropped: [],
      };
    throw new DataError(
      `scan: no ${timeframe} bars of market ${market} are stored in ${workspace.dir}: import or download them first (orion data import, orion data download)`,
    );
  }
  const dropped: Dropped[] = [];
  const stored = symbols.filter((symbol) => {
    try {
      locate(workspace, { symbol, timeframe, market });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof DataError)) throw thrown;
      dropped.push({ symbol, reason: "missing", detail: `no ${timeframe} bars of it are stored` });
      return false;
    }
  });
  const step = Math.max(1, Math.floor(stored.length / ASKED));
  const asked = stored.filter((_, i) => i % step === 0);
  const ends = await Promise.all(
    asked.map(async (symbol) => {
      try {
        return (await findBars(workspace, { symbol, timeframe, market }))?.to ?? [];
      } catch (thrown) {
        // a damaged one is named when it is read
        if (thrown instanceof DataError) return [];
        throw thrown;
      }
    }),
  );
  return { symbols: stored, ends: ends.flat(), dropped };
}

/** Reads together, and by halves where one of them is damaged, until that one is found. */
async function readSound(
  workspace: Workspace,
  many: { market: Market; timeframe: string; kind: "bars" },
  symbols: readonly string[],
  range: TimeRange,
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
