import { upperBound } from "../../core/columns.ts";
import { DataError, UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { isoTime } from "../../core/time.ts";
import {
  type BarSeries,
  checkSymbol,
  joinBars,
  type Market,
  membersAt,
  sliceBars,
  type Universe,
  universeSymbols,
} from "../../market/index.ts";
import {
  type MomentumScan,
  momentumScan,
  newestOf,
  orderFault,
  parseScanOptions,
  type ScanOptionsInput,
  tailBars,
} from "../../signals/momentumScan/index.ts";
import { workspaceOf } from "../dataUse.ts";
import { loadUniverse } from "../loadUniverse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { readTails } from "./readTails.ts";

/** Which stored bars are scanned, and how. Without symbols and universe all that are stored of the market and timeframe. */
export interface ScanRequest extends ScanOptionsInput {
  readonly market: Market;
  readonly timeframe: string;
  readonly symbols?: readonly string[] | undefined;
  /** a universe's name or file; its members at the moment of the scan */
  readonly universe?: string | undefined;
  /** ms UTC; later bars are not there */
  readonly asOf?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
}

export interface StoredScan extends MomentumScan {
  readonly timings: { readonly readMs: number; readonly computeMs: number };
}

/** Bars held in memory for scans that follow one another. */
export interface OpenScan {
  readonly symbols: readonly string[];
  /** what reading took, ms */
  readonly readMs: number;
  /** what is held of a symbol: its last bars, as many as a scan looks at */
  bars(symbol: string): BarSeries | undefined;
  /**
   * Scans what is held; nothing is read.
   * @throws UsageError when `asOf` lies so early that bars before the held ones would count
   */
  scan(options?: { readonly asOf?: number; readonly top?: number }): StoredScan;
  /**
   * Takes bars of symbols held or new; of one that is there already the new numbers win. The symbols that a scan drops
   * as missing or damaged are scanned from then on, too.
   * @throws DataError when times do not ascend; nothing is taken then
   */
  append(series: readonly BarSeries[]): void;
}

/**
 * The momentum scan of stored bars: reads no more than the tails that count, drops what is missing or damaged by name, and ranks.
 * Prices are as stored: a split within the last year that the bars still show looks like a fall.
 * @throws DataError when nothing is stored; UsageError for options that do not fit
 */
export async function scanStored(context: PipelineContext, request: ScanRequest): Promise<StoredScan> {
  return (await openScan(context, request)).scan();
}

/** Reads the tails of all symbols and keeps them. @throws as `scanStored` */
export async function openScan(context: PipelineContext, request: ScanRequest): Promise<OpenScan> {
  const { market, timeframe, symbols, universe, asOf, onProgress, ...given } = request;
  const options = parseScanOptions(given);
  if (symbols && universe !== undefined) throw new UsageError("scan: give symbols or a universe, not both");
  if (asOf !== undefined && !Number.isFinite(asOf))
    throw new UsageError("scan.asOf: is not a time: give ms since 1970");
  const members = universe === undefined ? undefined : await loadUniverse(universe);
  const named = members
    ? universeSymbols(members, { market })
    : symbols && [...new Set(symbols.map(checkSymbol))].sort();
  if (named?.length === 0)
    throw new DataError(
      `scan: ${universe ?? "the list"} has no symbol of market ${market}: name at least one`,
    );
  const keep = tailBars(options.windows);
  const began = performance.now();
  const tails = await readTails(await workspaceOf(context), {
    market,
    timeframe,
    symbols: named,
    asOf,
    bars: keep,
    signal: context.signal,
    onProgress,
  });
  const readMs = performance.now() - began;
  const isMember = memberTest(members, market, tails.series, asOf);
  const held = new Map(tails.series.filter(isMember).map((bars) => [bars.instrument, bars]));
  // whether bars before so many were stored is not asked: they are not held
  const cut = new Set(tails.series.filter((bars) => bars.length >= keep).map((bars) => bars.instrument));
  let unread = tails.dropped.filter(({ symbol }) => isMember({ instrument: symbol }));
  return {
    get symbols() {
      return [...held.keys()];
    },
    readMs,
    bars: (symbol) => held.get(symbol),
    scan({ asOf: moment = asOf, top = options.top } = {}) {
      const before = performance.now();
      const series = [...held.values()];
      if (series.length === 0)
        throw new DataError(
          `scan: none of ${unread.length} symbols has bars that can be read: ${unread[0]?.symbol}: ${unread[0]?.detail}`,
        );
      if (moment !== undefined) for (const bars of series) requireTail(bars, moment, keep, cut);
      const found = momentumScan(series, { ...options, top, asOf: moment });
      const computeMs = performance.now() - before;
      return {
        ...found,
        scanned: found.scanned + unread.length,
        dropped: [...found.dropped, ...unread].sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
        timings: { readMs, computeMs },
      };
    },
    append(fresh) {
      for (const bars of fresh) {
        const fault = orderFault(bars);
        if (fault) throw new DataError(`scan: ${bars.instrument}: ${fault}: put the bars in order`);
      }
      for (const bars of fresh) {
        const old = held.get(bars.instrument);
        const both = old ? joinBars(old, bars, { replace: true, where: "the scan" }).bars : bars;
        if (both.length > keep) cut.add(bars.instrument);
        held.set(bars.instrument, ownTail(both, keep));
        unread = unread.filter(({ symbol }) => symbol !== bars.instrument);
      }
    },
  };
}

/** Who belongs to a universe at the moment of the scan, which is that of the newest bars; all where there is none. */
function memberTest(
  universe: Universe | undefined,
  market: Market,
  series: readonly BarSeries[],
  asOf: number | undefined,
): (bars: { readonly instrument: string }) => boolean {
  if (!universe) return () => true;
  const newest = newestOf(series.flatMap((bars) => bars.closeTime[bars.length - 1] ?? []));
  const time = Number.isNaN(newest) ? asOf : newest;
  if (time === undefined) return () => true;
  const there = membersAt(universe, time).filter((m) => m.market === market);
  const names = new Set(there.map((m) => m.symbol));
  return ({ instrument }) => names.has(instrument);
}

/** @throws UsageError when bars before the held ones would count at the moment */
function requireTail(bars: BarSeries, moment: number, keep: number, cut: ReadonlySet<string>): void {
  if (!cut.has(bars.instrument) || upperBound(bars.closeTime, moment, bars.length) >= keep) return;
  throw new UsageError(
    `scan.asOf: ${isoTime(moment)} lies before what is held of ${bars.instrument}: open the scan as of then`,
  );
}

/** The last rows on memory of their own, not on that of a longer series. */
function ownTail(bars: BarSeries, keep: number): BarSeries {
  const tail = sliceBars(bars, Math.max(0, bars.length - keep), bars.length);
  return {
    instrument: tail.instrument,
    length: tail.length,
    closeTime: tail.closeTime.slice(),
    open: tail.open.slice(),
    high: tail.high.slice(),
    low: tail.low.slice(),
    close: tail.close.slice(),
    volume: tail.volume.slice(),
  };
}
