import { DataError } from "../core/errors.ts";
import { timeframeMs } from "../core/time.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { resample } from "../market/index.ts";
import { floorToGrid } from "../market/timeGrid.ts";
import { listSeries, readBars, type StoredSeries, type Workspace } from "../store/index.ts";
import type { BarsQuery, BarsResponse } from "../wire/bars.ts";
import { parseRange, type RangeMs, workspaceOf } from "./dataUse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

/**
 * Bars of a range for a chart, resampled from the longest stored timeframe that divides the wanted one. So many as are
 * asked for, however many pauses and gaps lie between them.
 * @throws DataError when nothing stored can make them
 */
export async function readChartBars(context: PipelineContext, query: BarsQuery): Promise<BarsResponse> {
  const workspace = await workspaceOf(context);
  const source = await sourceOf(workspace, query);
  const sourceMs = timeframeMs(source.timeframe!);
  const timeframe = query.timeframe ?? source.timeframe!;
  const wanted = timeframeMs(timeframe);
  const kept = await readSide(workspace, source, wanted, parseRange(query), query);
  const first = kept.length > 0 ? kept.closeTime[0]! - wanted : null;
  const last = kept.length > 0 ? kept.closeTime[kept.length - 1]! : null;
  // of joined bars the one before the first may be half a bar, which is not shown
  const whole = wanted === sourceMs ? 1 : wanted;
  return {
    symbol: source.symbol,
    timeframe,
    market: source.market,
    storedTimeframe: source.timeframe!,
    hasOlder: first !== null && first - whole >= (source.from ?? 0),
    hasNewer: last !== null && last + whole <= (source.to ?? 0),
    time: Array.from(kept.closeTime, (t) => t - wanted),
    open: Array.from(kept.open),
    high: Array.from(kept.high),
    low: Array.from(kept.low),
    close: Array.from(kept.close),
    volume: query.kind === "mark" ? [] : Array.from(kept.volume),
  };
}

async function sourceOf(workspace: Workspace, query: BarsQuery): Promise<StoredSeries> {
  const stored = (await listSeries(workspace)).filter((s) => s.kind === query.kind && s.rows > 0);
  const isOfMarket = (s: StoredSeries): boolean => query.market === undefined || s.market === query.market;
  const symbol = query.symbol ?? stored.find(isOfMarket)?.symbol;
  const own = stored.filter((s) => s.symbol === symbol && isOfMarket(s));
  if (symbol === undefined || own.length === 0) {
    const what = query.kind === "mark" ? "mark prices" : "bars";
    const where = query.market === undefined ? "" : ` (${query.market})`;
    throw new DataError(
      `no ${what} of ${symbol ?? "any symbol"}${where} are stored: import or download some first`,
    );
  }
  const wanted = timeframeMs(query.timeframe ?? own[0]!.timeframe!);
  const source = own
    .filter((s) => wanted % timeframeMs(s.timeframe!) === 0)
    .sort((a, b) => timeframeMs(b.timeframe!) - timeframeMs(a.timeframe!))[0];
  if (source) return source;
  throw new DataError(
    `${symbol} is stored at ${own.map((s) => s.timeframe).join(", ")}: ${query.timeframe} cannot be made of that; choose a multiple`,
  );
}

/** The newest or the oldest bars of a range: the stretch that is read grows until it holds as many, or is the whole range. */
async function readSide(
  workspace: Workspace,
  source: StoredSeries,
  wanted: number,
  range: RangeMs,
  { side, limit, kind }: Pick<BarsQuery, "side" | "limit" | "kind">,
): Promise<BarSeries> {
  const sourceMs = timeframeMs(source.timeframe!);
  const key = { symbol: source.symbol, timeframe: source.timeframe!, market: source.market, kind };
  const low = Math.max(range.from ?? 0, floorToGrid(source.from ?? 0, wanted));
  const high = Math.min(range.to ?? source.to ?? 0, source.to ?? 0);
  // one bucket more than asked for, since the first one of a range may be cut
  for (let span = (limit + 1) * wanted; ; span *= 8) {
    const newest = side === "newest";
    // joined bars begin on the grid; a stock's day may be stamped with its session's close
    const start = wanted === sourceMs ? low : floorToGrid(low + wanted - 1, wanted);
    const from = newest ? floorToGrid(Math.max(low, high - span), wanted) : start;
    const to = newest ? high : Math.min(high, from + span);
    const read = await readBars(workspace, key, { from, to });
    const bars = wanted === sourceMs ? read : resample(read, sourceMs, wanted).bars;
    const isAll = newest ? from <= low : to >= high;
    if (bars.length < limit && !isAll) continue;
    if (bars.length <= limit) return bars;
    return newest ? sliceBars(bars, bars.length - limit, bars.length) : sliceBars(bars, 0, limit);
  }
}
