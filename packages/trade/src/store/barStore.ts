import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { upperBound } from "../core/columns.ts";
import { DataError, UsageError } from "../core/errors.ts";
import { timeframeMs, timeframeName } from "../core/time.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { checkSymbol, MARKETS, type Market, SERIES_KINDS } from "../market/instrument.ts";
import { joinBars } from "../market/joinBars.ts";
import type { StagedFile } from "./atomicFile.ts";
import {
  assertSound,
  assertWhole,
  type BarColumn,
  type BarKind,
  barsSha256,
  columnsOf,
  parquetColumns,
  toBars,
} from "./barColumns.ts";
import { stageParquet } from "./parquet.ts";
import {
  joinStamps,
  overlapping,
  PARTS_PER_PERIOD,
  type PartedSeries,
  readingManifest,
  readPartColumns,
  readParts,
  type Stamp,
  stageAllParts,
  stageCompacted,
  stageMoreParts,
} from "./partedBars.ts";
import { manifestPath, readManifest } from "./partManifest.ts";
import { type ClientLibrary, PROVENANCE_KEY, type Provenance, parseProvenance } from "./provenance.ts";
import {
  type AllocateColumns,
  type ParquetHeader,
  readParquet,
  readParquetHeader,
  readParquetHeaders,
} from "./readParquet.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

export { barsSha256 };

/** Which stored bars are meant. Without a market, the one market that has them. */
export interface BarKey {
  readonly symbol: string;
  /** such as `5m`; `60m` and `1h` are the same */
  readonly timeframe: string;
  readonly market?: Market;
  /** `mark` series have no volume (NaN); default `bars` */
  readonly kind?: BarKind;
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
  /** the library that fetched them */
  readonly client?: ClientLibrary;
}

/** A stored series as listed. */
export interface StoredSeries extends Provenance {
  /** its file; of a series in parts, their folder */
  readonly path: string;
}

/** How a series is laid out on the disk; the defaults are for use, others for tests. */
export interface StoreLayout {
  /** a series of more rows is kept in parts */
  readonly fileRows?: number;
  /** a period's parts beyond this many are put together as one */
  readonly partsPerPeriod?: number;
}

/** A file of this many rows is written again in a tenth of a second; reading is as quick either way. */
export const FILE_ROWS = 250_000;

/**
 * Writes bars in place of what was stored under the key, as a whole.
 * @throws DataError when a time is not ascending or a number not finite, or the disk is full; what was there stays
 */
export async function writeBars(
  workspace: Workspace,
  key: BarWrite,
  bars: BarSeries,
  layout: StoreLayout = {},
): Promise<StoredSeries> {
  const { staged, stored } = await stageBars(workspace, key, bars, layout);
  await staged.commit();
  return stored;
}

/** The first half of `writeBars`: several series can be made ready before any is put in place. */
export async function stageBars(
  workspace: Workspace,
  key: BarWrite,
  bars: BarSeries,
  layout: StoreLayout = {},
): Promise<{ staged: StagedFile; stored: StoredSeries }> {
  const place = placeOf(workspace, key.market, key);
  return stageWhole(place, bars, stampOf(workspace, key), layout);
}

async function stageWhole(place: Place, bars: BarSeries, stamp: Stamp, layout: StoreLayout) {
  assertSound(bars, place.kind, place.singlePath);
  if (bars.length > (layout.fileRows ?? FILE_ROWS) || existsSync(manifestPath(place.folder))) {
    const { staged, stored } = await stageAllParts(place, bars, stamp);
    return { staged, stored: { ...stored, path: place.folder } };
  }
  const { folder: _, singlePath: path, ...named } = place;
  const barMs = timeframeMs(place.timeframe);
  const provenance: Provenance = {
    ...named,
    rows: bars.length,
    from: bars.length > 0 ? bars.closeTime[0]! - barMs : null,
    to: bars.length > 0 ? bars.closeTime[bars.length - 1]! : null,
    sha256: barsSha256(bars, place.kind),
    ...stamp,
  };
  const staged = await stageParquet(path, parquetColumns(bars, place.kind), {
    [PROVENANCE_KEY]: JSON.stringify(provenance),
  });
  return { staged, stored: { ...provenance, path } };
}

/**
 * Reads bars, oldest first. Of a series in parts only those are opened that hold some of the range.
 * @throws DataError when nothing is stored under the key, or a file is cut short, foreign or damaged
 */
export async function readBars(
  workspace: Workspace,
  key: BarKey,
  range: TimeRange = {},
  allocate?: AllocateColumns,
): Promise<BarSeries> {
  const place = locate(workspace, key);
  return reading(
    place,
    async () => (await readBarFile(place.singlePath, place.kind, range, allocate)).bars,
    async (manifest) => {
      const { above, upTo } = boundsOf(range, place.timeframe);
      const bars = await readParts(place, overlapping(manifest, above, upTo), allocate);
      const from = upperBound(bars.closeTime, above);
      const to = upperBound(bars.closeTime, upTo);
      if (to - from === bars.length) return bars;
      return allocate ? sliceBars(bars, from, to) : copyOf(sliceBars(bars, from, to));
    },
  );
}

/**
 * Reads a bar file anywhere (the sample beside the program, for one) with what it says of itself.
 * A whole series is checked against its hash; a part of one for ascending times and finite numbers.
 */
export async function readBarFile(
  path: string,
  kind: BarKind,
  range: TimeRange = {},
  allocate?: AllocateColumns,
): Promise<{ bars: BarSeries; provenance: Provenance }> {
  const names = ["closeTime", ...columnsOf(kind)];
  const { columns, provenance } = await readChecked(path, names, kind, range, allocate);
  const bars = toBars(provenance.symbol, kind, columns);
  checkWhole(bars, kind, provenance, path);
  return { bars, provenance };
}

/** @throws DataError when all rows of a file are there and are not what was written */
export function checkWhole(bars: BarSeries, kind: BarKind, provenance: Provenance, path: string): void {
  if (bars.length === provenance.rows && barsSha256(bars, kind) !== provenance.sha256) {
    throw new DataError(`${path} is damaged (its content does not match its hash): import the bars again`);
  }
}

/** Some columns of stored bars: `closeTime` and those named, quicker than all of them. */
export async function readBarColumns<K extends BarColumn>(
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
  const all = ["closeTime", ...names] as const;
  const columns = await reading(
    place,
    async () => (await readChecked(place.singlePath, all, place.kind, range)).columns,
    async (manifest) => {
      const { above, upTo } = boundsOf(range, place.timeframe);
      const read = await readPartColumns(place, overlapping(manifest, above, upTo), all);
      assertWhole(
        all.map((name, k) => ({ name, values: read[k]! })),
        place.folder,
      );
      const [from, to] = [upperBound(read[0]!, above), upperBound(read[0]!, upTo)];
      return to - from === read[0]!.length ? read : read.map((c) => c.slice(from, to));
    },
  );
  return {
    instrument: place.symbol,
    length: columns[0]!.length,
    ...(Object.fromEntries(all.map((name, k) => [name, columns[k]!])) as Record<
      "closeTime" | K,
      Float64Array
    >),
  };
}

/**
 * Adds bars to what is stored: times already there must hold the same numbers, unless `replace` lets the new ones win.
 * @throws DataError that names the first differing bar; nothing is written then
 */
export async function mergeBars(
  workspace: Workspace,
  key: BarWrite,
  bars: BarSeries,
  options: { replace?: boolean } & StoreLayout = {},
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
  options: { replace?: boolean } & StoreLayout = {},
): Promise<{ added: number; replaced: number; staged: StagedFile | null; stored: StoredSeries }> {
  const place = placeOf(workspace, key.market, key);
  const stamp = stampOf(workspace, key);
  const manifest = await readManifest(place.folder);
  if (manifest) {
    assertSound(bars, place.kind, place.folder);
    const { replace = false, partsPerPeriod = PARTS_PER_PERIOD } = options;
    const more = await stageMoreParts(place, manifest, bars, stamp, { replace, partsPerPeriod });
    return { ...more, stored: { ...more.stored, path: place.folder } };
  }
  const path = place.singlePath;
  if (!existsSync(path)) {
    return { added: bars.length, replaced: 0, ...(await stageWhole(place, bars, stamp, options)) };
  }
  const old = await readBarFile(path, place.kind);
  const joined = joinBars(old.bars, bars, { replace: options.replace ?? false, where: path });
  const { added, replaced } = joined;
  if (added === 0 && replaced === 0) {
    return { added, replaced, staged: null, stored: { ...old.provenance, path } };
  }
  const both = joinStamps([old.provenance], stamp);
  return { added, replaced, ...(await stageWhole(place, joined.bars, both, options)) };
}

/** Puts the parts of each period together as one. Appends do so by themselves at the ninth part of a period. */
export async function compactBars(
  workspace: Workspace,
  key: BarKey,
): Promise<{ partsBefore: number; partsAfter: number }> {
  const place = locate(workspace, key);
  const manifest = await readManifest(place.folder);
  if (!manifest) return { partsBefore: 1, partsAfter: 1 };
  const compacted = await stageCompacted(place, manifest);
  await compacted?.staged.commit();
  return {
    partsBefore: manifest.periods.reduce((sum, p) => sum + p.parts.length, 0),
    partsAfter: manifest.periods.length,
  };
}

/** Everything stored: bars, mark prices, funding and open interest, in the order of market, symbol and timeframe. */
export async function listSeries(workspace: Workspace): Promise<StoredSeries[]> {
  const found: StoredSeries[] = [];
  const files: string[] = [];
  for (const kind of SERIES_KINDS) {
    const folder = join(workspace.dir, kind);
    if (!existsSync(folder)) continue;
    const entries = (await readdir(folder, { recursive: true })).map((entry) => join(folder, entry));
    const parted = new Set(entries.filter((e) => e === manifestPath(dirname(e))).map(dirname));
    for (const path of parted) {
      const manifest = await readManifest(path);
      if (manifest) found.push({ ...manifest.series, path });
    }
    // parts are not series, nor is a file that a folder of parts took the place of
    const isSeries = (path: string): boolean =>
      path.endsWith(".parquet") &&
      !parted.has(dirname(path)) &&
      !parted.has(path.slice(0, -".parquet".length));
    files.push(...entries.filter(isSeries));
  }
  const headers = await readParquetHeaders(files);
  for (const [i, path] of files.entries()) {
    found.push({ ...parseProvenance(headers[i]!.metadata, path), path });
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
  const place = placesOf(workspace, key).find(isStored);
  if (!place) return undefined;
  return reading(
    place,
    async () => {
      const path = place.singlePath;
      return { ...parseProvenance((await readParquetHeader(path)).metadata, path), path };
    },
    async (manifest) => ({ ...manifest.series, path: place.folder }),
  );
}

/** Bytes that a stored series takes on the disk. */
export async function storedBytes(stored: StoredSeries): Promise<number> {
  const manifest = await readManifest(stored.path.endsWith(".parquet") ? "" : stored.path);
  if (!manifest) return (await stat(stored.path)).size;
  const parts = manifest.periods.flatMap((p) => p.parts);
  return parts.reduce((sum, p) => sum + p.bytes, (await stat(manifestPath(stored.path))).size);
}

type Place = PartedSeries;

function placeOf(workspace: Workspace, market: Market, key: BarKey): Place {
  const kind = key.kind ?? "bars";
  const symbol = checkSymbol(key.symbol);
  const timeframe = timeframeName(timeframeMs(key.timeframe));
  const path = (...end: string[]): string => workspacePath(workspace, kind, market, symbol, ...end);
  return {
    format: 1,
    kind,
    market,
    symbol,
    timeframe,
    folder: path(timeframe),
    singlePath: path(`${timeframe}.parquet`),
  };
}

function placesOf(workspace: Workspace, key: BarKey): Place[] {
  return (key.market ? [key.market] : MARKETS).map((market) => placeOf(workspace, market, key));
}

function isStored(place: Place): boolean {
  return existsSync(place.singlePath) || existsSync(manifestPath(place.folder));
}

/** The one place that a key means. */
export function locate(workspace: Workspace, key: BarKey): Place {
  const [place, another] = placesOf(workspace, key).filter(isStored);
  if (place && !another) return place;
  const { symbol, timeframe, kind } = placeOf(workspace, "spot", key);
  if (!place) {
    throw new DataError(
      `no ${timeframe} ${kind} of ${symbol}${key.market ? ` (${key.market})` : ""} in ${workspace.dir}: ` +
        "import or download them first (orion data import, orion data download)",
    );
  }
  const markets = placesOf(workspace, key).filter(isStored);
  throw new UsageError(
    `${timeframe} ${kind} of ${symbol} are stored for ${markets.map((p) => p.market).join(" and ")}: say --market`,
  );
}

/** Reads the parts, or the single file where there are none: also when one takes the place of the other meanwhile. */
async function reading<T>(
  place: Place,
  single: () => Promise<T>,
  parts: Parameters<typeof readingManifest<T>>[1],
): Promise<T> {
  const read = await readingManifest(place.folder, async (manifest) => ({ value: await parts(manifest) }));
  if (read) return read.value;
  try {
    return await single();
  } catch (thrown) {
    const moved = await readingManifest(place.folder, async (manifest) => ({ value: await parts(manifest) }));
    if (moved) return moved.value;
    throw thrown;
  }
}

/** Rows with `above < closeTime <= upTo` are those of a range. */
export function boundsOf(range: TimeRange, timeframe: string | null): { above: number; upTo: number } {
  const barMs = timeframe === null ? 0 : timeframeMs(timeframe);
  return {
    above: range.from === undefined ? Number.NEGATIVE_INFINITY : Math.ceil(range.from) + barMs - 1,
    upTo: range.to ?? Number.POSITIVE_INFINITY,
  };
}

async function readChecked(
  path: string,
  names: readonly string[],
  kind: BarKind,
  range: TimeRange,
  allocate?: AllocateColumns,
): Promise<{ columns: readonly Float64Array[]; provenance: Provenance }> {
  const provenanceOf = ({ metadata }: ParquetHeader): Provenance => {
    const provenance = parseProvenance(metadata, path);
    if (provenance.kind !== kind) throw new DataError(`${path} holds ${provenance.kind}, not ${kind}`);
    return provenance;
  };
  const table = await readParquet(path, names, {
    where: (header) => ({ column: "closeTime", ...boundsOf(range, provenanceOf(header).timeframe) }),
    ...(allocate ? { allocate } : {}),
  });
  const provenance = provenanceOf(table);
  const isWhole = range.from === undefined && range.to === undefined;
  if (isWhole && table.rows !== provenance.rows) {
    throw new DataError(
      `${path} holds ${table.rows} rows but says ${provenance.rows}: import the bars again`,
    );
  }
  const columns = names.map((name) => table.columns[name]!);
  assertWhole(
    names.map((name, k) => ({ name, values: columns[k]! })),
    path,
  );
  return { columns, provenance };
}

function stampOf(workspace: Workspace, key: BarWrite): Stamp {
  return {
    source: key.source,
    importedAt: workspace.now(),
    ...(key.client ? { client: key.client } : {}),
  };
}

/** Bars on memory of their own, not on that of a longer series. */
function copyOf(bars: BarSeries): BarSeries {
  const columns = (["closeTime", ...columnsOf("bars")] as const).map((name) => bars[name].slice());
  return toBars(bars.instrument, "bars", columns);
}
