import { existsSync } from "node:fs";
import { DataError } from "../core/errors.ts";
import type { BarSeries } from "../market/bars.ts";
import type { Market } from "../market/instrument.ts";
import { assertWhole, type BarKind, columnsOf, toBars } from "./barColumns.ts";
import { type BarKey, boundsOf, locate, type TimeRange } from "./barPlace.ts";
import { manifestPath } from "./partManifest.ts";
import { parseProvenance } from "./provenance.ts";
import { checkWhole, readBars } from "./readBars.ts";
import { FILES_AT_ONCE, readingOneVersion, readParquetMany, readParquetMetadata } from "./readParquet.ts";
import type { Workspace } from "./workspace.ts";

/** Series of many symbols at one timeframe. */
export interface ManyBars {
  readonly symbols: readonly string[];
  readonly timeframe: string;
  /** without it, of each symbol the one market that has it */
  readonly market?: Market;
  /** default bars */
  readonly kind?: BarKind;
}

/** DuckDB decodes a query over small files on one core: two at a time make use of two. */
const QUERIES_AT_ONCE = 2;

/**
 * Reads many series, with one query for up to 250 files: ten times as fast as one series after another where they are
 * short. The order is that of the symbols; checks are those of `readBars`. Series of one query share memory.
 * @throws DataError when one of them is not stored or damaged
 */
export async function readManyBars(
  workspace: Workspace,
  many: ManyBars,
  range: TimeRange = {},
): Promise<BarSeries[]> {
  const found = new Array<BarSeries>(many.symbols.length);
  await eachBatch(workspace, many, range, columnsOf(many.kind ?? "bars"), (bars, index) => {
    found[index] = bars;
  });
  return found;
}

/** All close times of many series within a range, each once, ascending: the clock of their panel. */
export async function readClock(
  workspace: Workspace,
  many: ManyBars,
  range: TimeRange = {},
): Promise<Float64Array> {
  let clock: Float64Array = new Float64Array(0);
  await eachBatch(workspace, many, range, [], (bars) => {
    clock = union(clock, bars.closeTime);
  });
  return clock;
}

/** Reads batch by batch and hands over one series after another, so that the caller decides what stays in memory. */
export async function eachBatch(
  workspace: Workspace,
  many: ManyBars,
  range: TimeRange,
  names: readonly string[],
  take: (bars: BarSeries, index: number) => void,
): Promise<void> {
  const kind = many.kind ?? "bars";
  const jobs: (() => Promise<void>)[] = [];
  const single: { path: string; key: BarKey; index: number }[] = [];
  for (const [index, symbol] of many.symbols.entries()) {
    const key = { symbol, timeframe: many.timeframe, kind, ...(many.market ? { market: many.market } : {}) };
    const place = locate(workspace, key);
    if (existsSync(manifestPath(place.folder))) {
      jobs.push(async () => take(await readBars(workspace, key, range), index));
    } else single.push({ path: place.singlePath, key, index });
  }
  for (let from = 0; from < single.length; from += FILES_AT_ONCE) {
    const batch = single.slice(from, from + FILES_AT_ONCE);
    jobs.push(async () => {
      const paths = batch.map((b) => b.path);
      const read = await readFiles(paths, kind, names, range, many.timeframe).catch(() => undefined);
      for (const [i, { key, index }] of batch.entries()) {
        // one by one where something was wrong: that tells which, or finds what took a file's place meanwhile
        take(read?.[i] ?? (await readBars(workspace, key, range)), index);
      }
    });
  }
  const waiting = jobs.values();
  const workOff = async (): Promise<void> => {
    for (const job of waiting) await job();
  };
  const outcomes = await Promise.allSettled(Array.from({ length: QUERIES_AT_ONCE }, workOff));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function readFiles(
  paths: readonly string[],
  kind: BarKind,
  names: readonly string[],
  range: TimeRange,
  timeframe: string,
): Promise<BarSeries[]> {
  const read = ["closeTime", ...names];
  return readingOneVersion(paths, async () => {
    const described = await readParquetMetadata(paths);
    const where = { column: "closeTime", ...boundsOf(range, timeframe) };
    const files = await readParquetMany(paths, read, where);
    return files.map((columns, i) => {
      const path = paths[i]!;
      const provenance = parseProvenance(described[i]!, path);
      if (provenance.kind !== kind) throw new DataError(`${path} holds ${provenance.kind}, not ${kind}`);
      assertWhole(
        read.map((name, k) => ({ name, values: columns[k]! })),
        path,
      );
      const isWhole = range.from === undefined && range.to === undefined;
      if (isWhole && columns[0]!.length !== provenance.rows) {
        throw new DataError(`${path} holds ${columns[0]!.length} rows but says ${provenance.rows}`);
      }
      if (names.length === 0) return clockOf(provenance.symbol, columns[0]!);
      const bars = toBars(provenance.symbol, kind, columns);
      checkWhole(bars, kind, provenance, path);
      return bars;
    });
  });
}

/** Times alone. */
function clockOf(instrument: string, closeTime: Float64Array): BarSeries {
  const none = new Float64Array(0);
  return {
    instrument,
    length: closeTime.length,
    closeTime,
    open: none,
    high: none,
    low: none,
    close: none,
    volume: none,
  };
}

/** Two ascending columns as one, each value once; the first itself where nothing is new. */
function union(a: Float64Array, b: Float64Array): Float64Array {
  let fresh = 0;
  for (let i = 0, j = 0; j < b.length; j++) {
    while (i < a.length && a[i]! < b[j]!) i++;
    if (a[i] !== b[j]) fresh++;
  }
  if (fresh === 0) return a;
  const both = new Float64Array(a.length + fresh);
  for (let i = 0, j = 0, k = 0; k < both.length; k++) {
    const next = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    both[k] = next;
    if (a[i] === next) i++;
    if (b[j] === next) j++;
  }
  return both;
}
