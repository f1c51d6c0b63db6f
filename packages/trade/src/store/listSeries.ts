import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { timeframeMs } from "../core/time.ts";
import { SERIES_KINDS } from "../market/instrument.ts";
import { type BarKey, isStored, placesOf, readingPlace } from "./barPlace.ts";
import { manifestPath, readManifest } from "./partManifest.ts";
import { type Provenance, parseProvenance } from "./provenance.ts";
import { readParquetHeader, readParquetHeaders } from "./readParquet.ts";
import type { Workspace } from "./workspace.ts";

/** A stored series as listed. */
export interface StoredSeries extends Provenance {
  /** its file; of a series in parts, their folder */
  readonly path: string;
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
  return readingPlace(
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
