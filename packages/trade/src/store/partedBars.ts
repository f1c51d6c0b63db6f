import { readdir, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../core/errors.ts";
import { timeframeMs } from "../core/time.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { joinBars } from "../market/joinBars.ts";
import type { StagedFile } from "./atomicFile.ts";
import { type BarKind, barsSha256, columnsOf, parquetColumns, toBars } from "./barColumns.ts";
import { stageParquet } from "./parquet.ts";
import {
  byPeriod,
  manifestPath,
  type Part,
  type PartManifest,
  type Period,
  readManifest,
  seriesSha256,
  writeManifest,
} from "./partManifest.ts";
import { PROVENANCE_KEY, type Provenance } from "./provenance.ts";
import { type AllocateColumns, allocateColumns, FILES_AT_ONCE, readParquetInto } from "./readParquet.ts";

/** A month of 1-minute bars fetched day by day is put together three times on its way. */
export const PARTS_PER_PERIOD = 8;

/** Who brings bars, and when. */
export type Stamp = Pick<Provenance, "source" | "importedAt" | "client">;

/** What a series in parts is called, and the single file that it takes the place of. */
export interface PartedSeries extends Pick<Provenance, "format" | "market" | "symbol"> {
  readonly kind: BarKind;
  readonly timeframe: string;
  readonly folder: string;
  readonly singlePath: string;
}

export interface StagedParts {
  readonly staged: StagedFile;
  readonly stored: Provenance;
}

/** A period as it will be: parts that stay, then bars that become one new part (none: the period is as it was). */
interface PlannedPeriod {
  readonly name: string;
  readonly sha256: string;
  readonly kept: readonly Part[];
  readonly bars: BarSeries | null;
  readonly stamp: Stamp;
}

/** Makes a whole series ready, in place of what is stored. */
export async function stageAllParts(
  series: PartedSeries,
  bars: BarSeries,
  stamp: Stamp,
): Promise<StagedParts> {
  const base = await readManifest(series.folder).catch((thrown: unknown) => {
    if (thrown instanceof DataError) return undefined; // damaged: what comes replaces it
    throw thrown;
  });
  const plan = byPeriod(bars, timeframeMs(series.timeframe)).map(({ name, bars: inIt }) => ({
    name,
    sha256: barsSha256(inIt, series.kind),
    kept: [],
    bars: inIt,
    stamp,
  }));
  return stagePlan(series, base, plan, stamp);
}

/**
 * Makes bars ready beside those stored. Bars after all others of their period become a part of their own, other
 * periods stay as they are; a period that gets bars in between, or its ninth part, is written again as one.
 * @throws DataError that names the first differing bar, unless `replace`
 */
export async function stageMoreParts(
  series: PartedSeries,
  base: PartManifest,
  fresh: BarSeries,
  stamp: Stamp,
  options: { readonly replace: boolean; readonly partsPerPeriod: number },
): Promise<{ added: number; replaced: number; staged: StagedFile | null; stored: Provenance }> {
  let added = 0;
  let replaced = 0;
  const plan = new Map<string, PlannedPeriod>(base.periods.map((p) => [p.name, asItWas(p)]));
  for (const { name, bars } of byPeriod(fresh, timeframeMs(series.timeframe))) {
    const period = base.periods.find((p) => p.name === name);
    if (!period) {
      plan.set(name, { name, sha256: barsSha256(bars, series.kind), kept: [], bars, stamp });
      added += bars.length;
      continue;
    }
    const old = await readParts(series, period.parts);
    const isAfter = bars.closeTime[0]! > period.parts.at(-1)!.last;
    const joined = joinBars(old, bars, { replace: options.replace, where: series.folder });
    if (joined.added === 0 && joined.replaced === 0) continue;
    added += joined.added;
    replaced += joined.replaced;
    const isOwnPart = isAfter && period.parts.length < options.partsPerPeriod;
    plan.set(name, {
      name,
      sha256: barsSha256(joined.bars, series.kind),
      kept: isOwnPart ? period.parts : [],
      bars: isOwnPart ? bars : joined.bars,
      stamp: isOwnPart ? stamp : joinStamps(period.parts, stamp),
    });
  }
  if (added === 0 && replaced === 0) return { added, replaced, staged: null, stored: base.series };
  return { added, replaced, ...(await stagePlan(series, base, [...plan.values()], stamp)) };
}

/** Makes each period of several parts ready as one part; null when every period is one already. */
export async function stageCompacted(series: PartedSeries, base: PartManifest): Promise<StagedParts | null> {
  if (base.periods.every((p) => p.parts.length === 1)) return null;
  const plan: PlannedPeriod[] = [];
  for (const period of base.periods) {
    if (period.parts.length === 1) plan.push(asItWas(period));
    else {
      const bars = await readParts(series, period.parts);
      const stamp = joinStamps(period.parts, period.parts.at(-1)!);
      plan.push({ name: period.name, sha256: period.sha256, kept: [], bars, stamp });
    }
  }
  return stagePlan(series, base, plan, base.series);
}

/** What is said of bars that come from several: each source once, the last client, the time of the last. */
export function joinStamps(old: readonly Stamp[], last: Stamp): Stamp {
  const client = [...old, last].findLast((s) => s.client)?.client;
  return {
    source: [...new Set([...old, last].flatMap((s) => s.source.split("; ")))].join("; "),
    importedAt: last.importedAt,
    ...(client ? { client } : {}),
  };
}

/** The stamp alone of what has more to say. */
function stampOf({ source, importedAt, client }: Stamp): Stamp {
  return { source, importedAt, ...(client ? { client } : {}) };
}

function asItWas(period: Period): PlannedPeriod {
  return {
    name: period.name,
    sha256: period.sha256,
    kept: period.parts,
    bars: null,
    stamp: period.parts[0]!,
  };
}

async function stagePlan(
  series: PartedSeries,
  base: PartManifest | undefined,
  plan: readonly PlannedPeriod[],
  stamp: Stamp,
): Promise<StagedParts> {
  const { folder, singlePath, ...named } = series;
  const barMs = timeframeMs(series.timeframe);
  const ready: StagedFile[] = [];
  const discard = async (): Promise<void> => {
    for (const file of ready) await file.discard();
    await rmdir(folder).catch(() => undefined); // one that holds anything stays
  };
  const periods: { name: string; sha256: string; parts: Omit<Part, "bytes">[] }[] = [];
  try {
    for (const { name, sha256, kept, bars, stamp: own } of plan) {
      const parts: Omit<Part, "bytes">[] = [...kept];
      if (bars) {
        const hash = barsSha256(bars, series.kind);
        const first = bars.closeTime[0]!;
        const last = bars.closeTime[bars.length - 1]!;
        const file = `${name}_${hash.slice(0, 16)}.parquet`;
        const origin = { rows: bars.length, sha256: hash, ...stampOf(own) };
        const provenance: Provenance = { ...named, from: first - barMs, to: last, ...origin };
        ready.push(
          await stageParquet(join(folder, file), parquetColumns(bars, series.kind), {
            [PROVENANCE_KEY]: JSON.stringify(provenance),
          }),
        );
        parts.push({ file, first, last, ...origin });
      }
      periods.push({ name, sha256, parts });
    }
  } catch (thrown) {
    await discard();
    throw thrown;
  }
  periods.sort((a, b) => a.parts[0]!.first - b.parts[0]!.first);
  const parts = periods.flatMap((p) => p.parts);
  const stored: Provenance = {
    ...named,
    rows: parts.reduce((sum, p) => sum + p.rows, 0),
    from: parts.length > 0 ? parts[0]!.first - barMs : null,
    to: parts.at(-1)?.last ?? null,
    sha256: seriesSha256(periods),
    ...joinStamps(parts, stampOf(stamp)),
  };
  const commit = async (): Promise<void> => {
    const now = await readManifest(folder).catch(() => undefined);
    if (now?.version !== base?.version) {
      await discard();
      throw new DataError(`${folder} was written by another run meanwhile: nothing was written; run again`);
    }
    for (const file of ready) await file.commit();
    const sized: Period[] = [];
    for (const { parts: some, ...period } of periods) {
      const withBytes = some.map(async (p) => ({ ...p, bytes: (await stat(join(folder, p.file))).size }));
      sized.push({ ...period, parts: await Promise.all(withBytes) });
    }
    await writeManifest(folder, { version: (base?.version ?? 0) + 1, series: stored, periods: sized });
    await rm(singlePath, { force: true });
    await removeSuperseded(folder, new Set([...parts, ...partsOf(base)].map((p) => p.file)));
  };
  return { staged: { commit: () => inTurn(folder, commit), discard }, stored };
}

function partsOf(manifest: PartManifest | undefined): Part[] {
  return manifest?.periods.flatMap((p) => p.parts) ?? [];
}

/**
 * A reader may still hold the version before this one: its parts stay until the next commit. A reader that is slower
 * than two commits finds a part gone, and begins again with the manifest that is in place then (`readingManifest`).
 */
async function removeSuperseded(folder: string, kept: ReadonlySet<string>): Promise<void> {
  for (const file of await readdir(folder)) {
    if (file.endsWith(".parquet") && !kept.has(file)) await rm(join(folder, file), { force: true });
  }
}

/** One commit after another in this process: the lock of the workspace keeps other processes out. */
const turns = new Map<string, Promise<void>>();
async function inTurn(folder: string, work: () => Promise<void>): Promise<void> {
  const before = turns.get(folder) ?? Promise.resolve();
  const turn = before.catch(() => undefined).then(work);
  turns.set(folder, turn);
  try {
    await turn;
  } finally {
    if (turns.get(folder) === turn) turns.delete(folder);
  }
}

/** With growing pauses these last some three seconds. */
const READ_ATTEMPTS = 25;

/** Runs `read` on one version of the series, again when a new version came meanwhile and it failed. */
export async function readingManifest<T>(
  folder: string,
  read: (manifest: PartManifest) => Promise<T>,
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++) {
    const manifest = await readManifest(folder);
    if (!manifest) return undefined;
    try {
      return await read(manifest);
    } catch (thrown) {
      const now = await readManifest(folder).catch(() => undefined);
      if (now?.version === manifest.version || attempt === READ_ATTEMPTS) throw thrown;
    }
  }
}

/** The parts that hold bars with `above < closeTime <= upTo`. */
export function overlapping(manifest: PartManifest, above: number, upTo: number): Part[] {
  return partsOf(manifest).filter((p) => p.last > above && p.first <= upTo);
}

/** Columns of parts, one after another, their numbers not looked at. @throws DataError when a part is missing, cut short or not what it was */
export async function readPartColumns(
  series: PartedSeries,
  parts: readonly Part[],
  names: readonly string[],
  allocate: AllocateColumns = allocateColumns,
): Promise<readonly Float64Array[]> {
  const rows = parts.reduce((sum, p) => sum + p.rows, 0);
  const columns = allocate(rows, names.length);
  let at = 0;
  for (let from = 0; from < parts.length; from += FILES_AT_ONCE) {
    const some = parts.slice(from, from + FILES_AT_ONCE);
    const end = at + some.reduce((sum, p) => sum + p.rows, 0);
    const read = await readParquetInto(
      some.map((p) => join(series.folder, p.file)),
      names,
      columns.map((c) => c.subarray(at, end)),
    );
    if (read !== end - at) {
      throw new DataError(
        `${series.folder} holds ${read} rows where ${end - at} belong: import the bars again`,
      );
    }
    at = end;
  }
  const time = names.indexOf("closeTime");
  at = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    const ends = [columns[time]?.[at], columns[time]?.[at + part.rows - 1]];
    const isInPlace = ends[0] === part.first && ends[1] === part.last && part.first > before;
    if (time >= 0 && !isInPlace) throw damaged(series, part);
    before = part.last;
    at += part.rows;
  }
  return columns;
}

/** Whole bars of parts, each part checked against its hash: its numbers are those that were found sound when written. */
export async function readParts(
  series: PartedSeries,
  parts: readonly Part[],
  allocate?: AllocateColumns,
): Promise<BarSeries> {
  const names = ["closeTime", ...columnsOf(series.kind)];
  const bars = toBars(series.symbol, series.kind, await readPartColumns(series, parts, names, allocate));
  let at = 0;
  for (const part of parts) {
    if (barsSha256(sliceBars(bars, at, at + part.rows), series.kind) !== part.sha256)
      throw damaged(series, part);
    at += part.rows;
  }
  return bars;
}

function damaged(series: PartedSeries, part: Part): DataError {
  return new DataError(
    `${join(series.folder, part.file)} is damaged (its content does not match ${manifestPath(series.folder)}): import the bars again`,
  );
}
