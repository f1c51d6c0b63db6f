import { upperBound } from "../core/columns.ts";
import { DataError, UsageError } from "../core/errors.ts";
import { type BarSeries, sliceBars } from "../market/bars.ts";
import { assertWhole, type BarColumn, type BarKind, barsSha256, columnsOf, toBars } from "./barColumns.ts";
import { type BarKey, boundsOf, locate, readingPlace, type TimeRange } from "./barPlace.ts";
import { overlapping, readPartColumns, readParts } from "./partedBars.ts";
import { type Provenance, parseProvenance } from "./provenance.ts";
import { type AllocateColumns, type ParquetHeader, readParquet } from "./readParquet.ts";
import type { Workspace } from "./workspace.ts";

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
  return readingPlace(
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
  const columns = await readingPlace(
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

/** Bars on memory of their own, not on that of a longer series. */
function copyOf(bars: BarSeries): BarSeries {
  const columns = (["closeTime", ...columnsOf("bars")] as const).map((name) => bars[name].slice());
  return toBars(bars.instrument, "bars", columns);
}
