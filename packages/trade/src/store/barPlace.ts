import { existsSync } from "node:fs";
import { DataError, UsageError } from "../core/errors.ts";
import { timeframeMs, timeframeName } from "../core/time.ts";
import { checkSymbol, MARKETS, type Market } from "../market/instrument.ts";
import type { BarKind } from "./barColumns.ts";
import { type PartedSeries, readingManifest } from "./partedBars.ts";
import { manifestPath } from "./partManifest.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

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

/** Where a series lies, by its key: a single file or a folder of parts. */
export type Place = PartedSeries;

/** @throws UsageError for a symbol or timeframe that is none */
export function placeOf(workspace: Workspace, market: Market, key: BarKey): Place {
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

/** Where the key may mean: one place, or without a market one of each. */
export function placesOf(workspace: Workspace, key: BarKey): Place[] {
  return (key.market ? [key.market] : MARKETS).map((market) => placeOf(workspace, market, key));
}

export function isStored(place: Place): boolean {
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
export async function readingPlace<T>(
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
