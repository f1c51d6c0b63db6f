import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DataError, UsageError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { isoTime, timeframeMs, timeframeName } from "../core/time.ts";
import { BAR_COLUMNS, type BarSeries, PRICE_COLUMNS } from "../market/bars.ts";
import { checkSymbol, MARKETS, type Market } from "../market/instrument.ts";
import { joinBars } from "../market/joinBars.ts";
import type { StagedFile } from "./atomicFile.ts";
import { type ParquetColumn, readParquet, readParquetHeader, stageParquet } from "./parquet.ts";
import { PROVENANCE_KEY, type Provenance, parseProvenance } from "./provenance.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

/** Which stored bars are meant. Without a market, the one market that has them. */
export interface BarKey {
  readonly symbol: string;
  /** such as `5m`; `60m` and `1h` are the same */
  readonly timeframe: string;
  readonly market?: Market;
  /** `mark` series have no volume (NaN); default `bars` */
  readonly kind?: "bars" | "mark";
}

/** Bars that lie wholly within [from, to] (ms UTC): start >= from and close <= to. */
export interface TimeRange {
  readonly from?: number;
  readonly to?: number;
}

export interface BarWrite extends BarKey {
  readonly market: Market;
  /** where they came from, in words: a file's name, `binanceusdm` */
  readonly source: string;
}

/** A stored series as listed. */
export interface StoredSeries extends Provenance {
  readonly path: string;
}

/**
 * Writes bars in place of what was stored under the key, as a whole.
 * @throws DataError when a time is not ascending or a number not finite, or the disk is full; the old file stays
 */
export async function writeBars(workspace: Workspace, key: BarWrite, bars: BarSeries): Promise<StoredSeries> {
  const { staged, stored } = await stageBars(workspace, key, bars);
  await staged.commit();
  return stored;
}

/** The first half of `writeBars`: several series can be made ready before any is put in place. */
export async function stageBars(
  workspace: Workspace,
  key: BarWrite,
  bars: BarSeries,
): Promise<{ staged: StagedFile; stored: StoredSeries }> {
  const { path, symbol, timeframe, kind } = placeOf(workspace, key.market, key);
  assertSound(bars, columnsOf(kind), path);
  const barMs = timeframeMs(timeframe);
  const provenance: Provenance = {
    format: 1,
    kind,
    market: key.market,
    symbol,
    timeframe,
    rows: bars.length,
    from: bars.length > 0 ? bars.closeTime[0]! - barMs : null,
    to: bars.length > 0 ? bars.closeTime[bars.length - 1]! : null,
    sha256: barsSha256(bars, kind),
    source: key.source,
    importedAt: workspace.now(),
  };
  const columns: ParquetColumn[] = [
    { name: "closeTime", type: "time", values: bars.closeTime },
    ...columnsOf(kind).map((name) => ({ name, type: "float64" as const, values: bars[name] })),
  ];
  const staged = await stageParquet(path, columns, { [PROVENANCE_KEY]: JSON.stringify(provenance) });
  return { staged, stored: { ...provenance, path } };
}

/**
 * Reads bars, oldest first.
 * @throws DataError when nothing is stored under the key, or the file is cut short, foreign or damaged
 */
export async function readBars(workspace: Workspace, key: BarKey, range: TimeRange = {}): Promise<BarSeries> {
  const place = locate(workspace, key);
  const read = await readBarFile(place.path, place.kind, range);
  return read.bars;
}

/**
 * Reads a bar file anywhere (the sample beside the program, for one) with what it says of itself.
 * A whole series is checked against its hash; a part of one for ascending times and finite numbers.
 */
export async function readBarFile(
  path: string,
  kind: "bars" | "mark",
  range: TimeRange = {},
): Promise<{ bars: BarSeries; provenance: Provenance }> {
  const names = ["closeTime", ...columnsOf(kind)] as const;
  const { columns, rows, provenance } = await readChecked(path, names, kind, range);
  const bars: BarSeries = {
    instrument: provenance.symbol,
    length: rows,
    closeTime: columns.closeTime,
    open: columns.open,
    high: columns.high,
    low: columns.low,
    close: columns.close,
    volume: kind === "bars" ? columns.volume : new Float64Array(rows).fill(Number.NaN),
  };
  if (rows === provenance.rows && barsSha256(bars, kind) !== provenance.sha256) {
    throw new DataError(`${path} is damaged (its content does not match its hash): import the bars again`);
  }
  return { bars, provenance };
}

/** Some columns of stored bars: `closeTime` and those named, quicker than all of them. */
export async function readBarColumns<K extends (typeof BAR_COLUMNS)[number]>(
  workspace: Workspace,
  key: BarKey,
  names: readonly K[],
  range: TimeRange = {},
): Promise<
  { readonly instrument: string; readonly length: number } & Readonly<Record<"closeTime" | K, Float64Array>>
> {
  const place = locate(workspace, key);
  const unknown = names.find((n) => !columnsOf(place.kind).some((c) => c === n));
  if (unknown) throw new UsageError(`${place.kind} series have no column '${unknown}'`);
  const { columns, rows, provenance } = await readChecked(
    place.path,
    ["closeTime", ...names],
    place.kind,
    range,
  );
  return { instrument: provenance.symbol, length: rows, ...columns };
}

/**
 * Adds bars to what is stored: times already there must hold the same numbers, unless `replace` lets the new ones win.
 * @throws DataError that names the first differing bar; nothing is written then
 */
export async function mergeBars(
  workspace: Workspace,
  key: BarWrite,
  bars: BarSeries,
  options: { replace?: boolean } = {},
): Promise<{ added: number; replaced: number; stored: StoredSeries }> {
  const merge = await stageMerge(workspace, key, bars, options);
  await merge.staged?.commit();
  return { added: merge.added, replaced: merge.replaced, stored: merge.stored };
}

/** The first half of `mergeBars`. `staged` is null when everything was there already. */
export async function stageMerge(
  workspace: Workspace,
  key: BarWrite,
  bars: BarSeries,
  options: { replace?: boolean } = {},
): Promise<{ added: number; replaced: number; staged: StagedFile | null; stored: StoredSeries }> {
  const { path, kind } = placeOf(workspace, key.market, key);
  if (!existsSync(path)) {
    return { added: bars.length, replaced: 0, ...(await stageBars(workspace, key, bars)) };
  }
  const old = await readBarFile(path, kind);
  const joined = joinBars(old.bars, bars, { replace: options.replace ?? false, where: path });
  const { added, replaced } = joined;
  if (added === 0 && replaced === 0) {
    return { added, replaced, staged: null, stored: { ...old.provenance, path } };
  }
  const before = old.provenance.source;
  const source = before.split("; ").includes(key.source) ? before : `${before}; ${key.source}`;
  return { added, replaced, ...(await stageBars(workspace, { ...key, source }, joined.bars)) };
}

/** Everything stored: bars, mark prices and funding, in the order of market, symbol and timeframe. */
export async function listSeries(workspace: Workspace): Promise<StoredSeries[]> {
  const found: StoredSeries[] = [];
  for (const kind of ["bars", "mark", "funding"]) {
    const folder = join(workspace.dir, kind);
    if (!existsSync(folder)) continue;
    const entries = await readdir(folder, { recursive: true });
    for (const entry of entries.filter((e) => e.endsWith(".parquet"))) {
      const path = join(folder, entry);
      const header = await readParquetHeader(path);
      found.push({ ...parseProvenance(header.metadata, path), path });
    }
  }
  const rank = (s: StoredSeries): string =>
    [s.market, s.symbol, s.kind, String(s.timeframe ? timeframeMs(s.timeframe) : 0).padStart(12, "0")].join(
      "\0",
    );
  return found.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** The stored bars (no funding, no mark prices). */
export async function listBars(workspace: Workspace): Promise<StoredSeries[]> {
  return (await listSeries(workspace)).filter((s) => s.kind === "bars");
}

/** What is stored under a key, or undefined. */
export async function findBars(workspace: Workspace, key: BarKey): Promise<StoredSeries | undefined> {
  const { timeframe, kind, symbol } = normalKey(key);
  const markets = key.market ? [key.market] : MARKETS;
  const path = markets.map((m) => barPath(workspace, kind, m, symbol, timeframe)).find((p) => existsSync(p));
  if (path === undefined) return undefined;
  return { ...parseProvenance((await readParquetHeader(path)).metadata, path), path };
}

/** SHA-256 over the columns one after another: equal bars give equal text on every machine. */
export function barsSha256(bars: BarSeries, kind: "bars" | "mark" = "bars"): string {
  return sha256(bars.closeTime, ...columnsOf(kind).map((name) => bars[name]));
}

function columnsOf(kind: "bars" | "mark"): readonly (typeof BAR_COLUMNS)[number][] {
  return kind === "bars" ? BAR_COLUMNS : PRICE_COLUMNS;
}

function normalKey(key: BarKey): { symbol: string; timeframe: string; kind: "bars" | "mark" } {
  return {
    symbol: checkSymbol(key.symbol),
    timeframe: timeframeName(timeframeMs(key.timeframe)),
    kind: key.kind ?? "bars",
  };
}

function barPath(
  workspace: Workspace,
  kind: string,
  market: Market,
  symbol: string,
  timeframe: string,
): string {
  return workspacePath(workspace, kind, market, symbol, `${timeframe}.parquet`);
}

function placeOf(workspace: Workspace, market: Market, key: BarKey) {
  const normal = normalKey(key);
  return { ...normal, path: barPath(workspace, normal.kind, market, normal.symbol, normal.timeframe) };
}

/** The one file that a key means. */
function locate(workspace: Workspace, key: BarKey): { path: string; kind: "bars" | "mark" } {
  const { symbol, timeframe, kind } = normalKey(key);
  const markets = (key.market ? [key.market] : MARKETS).filter((m) =>
    existsSync(barPath(workspace, kind, m, symbol, timeframe)),
  );
  const [market, another] = markets;
  if (!market) {
    throw new DataError(
      `no ${timeframe} ${kind} of ${symbol}${key.market ? ` (${key.market})` : ""} in ${workspace.dir}: ` +
        "import or download them first (orion data import, orion data download)",
    );
  }
  if (another) {
    throw new UsageError(
      `${timeframe} ${kind} of ${symbol} are stored for ${markets.join(" and ")}: say --market`,
    );
  }
  return { path: barPath(workspace, kind, market, symbol, timeframe), kind };
}

async function readChecked<K extends string>(
  path: string,
  names: readonly ("closeTime" | K)[],
  kind: "bars" | "mark",
  range: TimeRange,
) {
  const { timeframe } = parseProvenance((await readParquetHeader(path)).metadata, path);
  const barMs = timeframe === null ? 0 : timeframeMs(timeframe);
  const isPart = range.from !== undefined || range.to !== undefined;
  const table = await readParquet(path, names, {
    column: "closeTime",
    ...(range.from === undefined ? {} : { above: Math.ceil(range.from) + barMs - 1 }),
    ...(range.to === undefined ? {} : { upTo: range.to }),
  });
  // of the rows that were read: the file may have been replaced since the first look
  const provenance = parseProvenance(table.metadata, path);
  if (provenance.kind !== kind) throw new DataError(`${path} holds ${provenance.kind}, not ${kind}`);
  if (!isPart && table.rows !== provenance.rows) {
    throw new DataError(
      `${path} holds ${table.rows} rows but says ${provenance.rows}: import the bars again`,
    );
  }
  for (const name of names) {
    const fault = firstFault(table.columns[name], name === "closeTime");
    if (fault !== null)
      throw new DataError(`${path}, row ${fault + 1}: ${name} is damaged; import the bars again`);
  }
  return { ...table, provenance };
}

/** The first row that is not finite (or, for times, not after the row before it), or null. */
function firstFault(column: Float64Array, isTime: boolean): number | null {
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (!Number.isFinite(value) || (isTime && value <= before)) return i;
    before = value;
  }
  return null;
}

function assertSound(bars: BarSeries, names: readonly (typeof BAR_COLUMNS)[number][], path: string): void {
  for (const name of ["closeTime", ...names] as const) {
    const row = firstFault(bars[name], name === "closeTime");
    if (row === null) continue;
    const time = bars.closeTime[row]!;
    const place = Number.isFinite(time) ? ` (closed ${isoTime(time)})` : "";
    const fault = name === "closeTime" ? "is not after the one before it" : `is ${bars[name][row]}`;
    throw new DataError(`${path}: ${name} of bar ${row + 1}${place} ${fault}; nothing was written`);
  }
}
