import { existsSync } from "node:fs";
import { timeframeMs } from "../core/time.ts";
import type { BarSeries } from "../market/bars.ts";
import type { Market } from "../market/instrument.ts";
import { joinBars } from "../market/joinBars.ts";
import type { StagedFile } from "./atomicFile.ts";
import { assertSound, barsSha256, parquetColumns } from "./barColumns.ts";
import { type BarKey, locate, type Place, placeOf } from "./barPlace.ts";
import type { StoredSeries } from "./listSeries.ts";
import { stageParquet } from "./parquet.ts";
import {
  joinStamps,
  PARTS_PER_PERIOD,
  type Stamp,
  stageAllParts,
  stageCompacted,
  stageMoreParts,
} from "./partedBars.ts";
import { manifestPath, readManifest } from "./partManifest.ts";
import { type ClientLibrary, PROVENANCE_KEY, type Provenance } from "./provenance.ts";
import { readBarFile } from "./readBars.ts";
import type { Workspace } from "./workspace.ts";

export interface BarWrite extends BarKey {
  readonly market: Market;
  /** where they came from, in words: a file's name, `binanceusdm` */
  readonly source: string;
  /** the library that fetched them */
  readonly client?: ClientLibrary;
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

function stampOf(workspace: Workspace, key: BarWrite): Stamp {
  return {
    source: key.source,
    importedAt: workspace.now(),
    ...(key.client ? { client: key.client } : {}),
  };
}
