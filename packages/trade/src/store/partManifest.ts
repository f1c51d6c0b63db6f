import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { upperBound } from "../core/columns.ts";
import { DataError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { MINUTE_MS } from "../core/time.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { writeAtomically } from "./atomicFile.ts";
import { provenanceSchema } from "./provenance.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const partSchema = provenanceSchema.pick({ source: true, importedAt: true, client: true }).extend({
  /** a name in the folder, given by the content: it never holds anything else */
  file: z.string().regex(/^\d{4,6}(-\d\d)?_[0-9a-f]{16}\.parquet$/),
  rows: z.number().int().positive(),
  /** close of the first and of the last bar, ms UTC */
  first: z.number(),
  last: z.number(),
  sha256: hash,
  bytes: z.number().int().positive(),
});

const manifestSchema = z.object({
  /** counts the commits */
  version: z.number().int().positive(),
  series: provenanceSchema,
  /** oldest first */
  periods: z.array(
    z.object({
      /** `2024` or `2024-03`, of the bars' closes in UTC */
      name: z.string().regex(/^\d{4,6}(-\d\d)?$/),
      /** over all bars of the period, as of a single file: how they are cut into parts does not matter */
      sha256: hash,
      /** oldest first, at least one */
      parts: z.array(partSchema).min(1),
    }),
  ),
});

/**
 * What a series in parts consists of, the file `manifest.json` in its folder. Putting a new one in place is the moment
 * at which a change happens; parts themselves are never changed.
 */
export type PartManifest = z.output<typeof manifestSchema>;
export type Period = PartManifest["periods"][number];
export type Part = z.output<typeof partSchema>;

export function manifestPath(folder: string): string {
  return join(folder, "manifest.json");
}

/** @throws DataError when it is damaged. Undefined when there is none. */
export async function readManifest(folder: string): Promise<PartManifest | undefined> {
  const path = manifestPath(folder);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw new DataError(`${path} cannot be read: look at the disk and the folder's rights`, {
      cause: thrown,
    });
  }
  try {
    const manifest = manifestSchema.parse(JSON.parse(text));
    if (seriesSha256(manifest.periods) === manifest.series.sha256) return manifest;
  } catch {
    // told below
  }
  throw new DataError(`${path} is damaged: move its folder away and import the bars again`);
}

export async function writeManifest(folder: string, manifest: PartManifest): Promise<void> {
  await writeAtomically(manifestPath(folder), JSON.stringify(manifest));
}

/** The series' content: SHA-256 of its periods' names and hashes, so that an append need not read the past. */
export function seriesSha256(periods: readonly Pick<Period, "name" | "sha256">[]): string {
  return sha256(periods.map((p) => `${p.name} ${p.sha256}\n`).join(""));
}

/** Up to two minutes a month is 22,000 to 45,000 bars; longer bars are parted by years, at most 176,000. */
const BY_MONTH_UP_TO_MS = 2 * MINUTE_MS;

/** The period that a bar's close falls into: `2024-03` for bars of one or two minutes, `2024` for others. */
export function periodName(closeTime: number, barMs: number): string {
  const date = new Date(closeTime);
  const year = String(date.getUTCFullYear()).padStart(4, "0");
  return barMs <= BY_MONTH_UP_TO_MS ? `${year}-${String(date.getUTCMonth() + 1).padStart(2, "0")}` : year;
}

/** Bars as their periods, oldest first, without copies. */
export function byPeriod(bars: BarSeries, barMs: number): { name: string; bars: BarSeries }[] {
  const found: { name: string; bars: BarSeries }[] = [];
  for (let from = 0; from < bars.length; ) {
    const first = bars.closeTime[from]!;
    const to = upperBound(bars.closeTime, periodEnd(first, barMs) - 1);
    found.push({ name: periodName(first, barMs), bars: sliceBars(bars, from, to) });
    from = to;
  }
  return found;
}

/** The first moment after the period that a close falls into, ms UTC. */
function periodEnd(closeTime: number, barMs: number): number {
  const date = new Date(closeTime);
  date.setUTCHours(0, 0, 0, 0);
  if (barMs <= BY_MONTH_UP_TO_MS) return date.setUTCMonth(date.getUTCMonth() + 1, 1);
  return date.setUTCFullYear(date.getUTCFullYear() + 1, 0, 1);
}
