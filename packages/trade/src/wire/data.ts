import { z } from "zod";
import { IsoTime, Ticker, Timeframe } from "./common.ts";

export const SeriesKind = z.enum(["bars", "mark", "funding", "openInterest"]);
export type SeriesKind = z.infer<typeof SeriesKind>;
export const MarketName = z.enum(["spot", "futures", "stock"]);
export type MarketName = z.infer<typeof MarketName>;

/** One stored series: what it holds, where it came from, what it takes on the disk, how far behind it is. */
export const StoredDataset = z.object({
  symbol: Ticker,
  market: MarketName,
  kind: SeriesKind,
  /** null for funding */
  timeframe: Timeframe.nullable(),
  rows: z.number().int(),
  /** start of the first bar and close of the last; null when there are no rows */
  from: IsoTime.nullable(),
  to: IsoTime.nullable(),
  source: z.string(),
  /** the library that fetched it and its version; null for files */
  client: z.string().nullable(),
  storedAt: IsoTime,
  /** on the disk, all of its parts */
  bytes: z.number().int(),
  /** close of the newest bar that should be there by now; null where it cannot be told (no rows) */
  due: IsoTime.nullable(),
  /** from the last stored close to `due`; 0 is up to date */
  behindSeconds: z.number().nullable(),
  /** bars that closed since and are not stored; null for more than a year of them */
  behindBars: z.number().int().nullable(),
});
export type StoredDataset = z.infer<typeof StoredDataset>;

/** GET /api/data */
export const DataResponse = z.object({
  /** the moment that ages are counted from */
  time: IsoTime,
  series: z.array(StoredDataset),
  /** of all series on the disk */
  bytes: z.number().int(),
});
export type DataResponse = z.infer<typeof DataResponse>;

/** A source of downloads and whether it can be used here. */
export const SourceInfo = z.object({
  name: z.string(),
  market: MarketName,
  kinds: z.array(SeriesKind),
  /** null, or in one line what is missing (keys) and how to mend it */
  missing: z.string().nullable(),
});
export type SourceInfo = z.infer<typeof SourceInfo>;

/** A list of symbols that comes with Orion, by where they trade. */
export const UniverseInfo = z.object({
  name: z.string(),
  spot: z.array(Ticker),
  futures: z.array(Ticker),
  stock: z.array(Ticker),
});
export type UniverseInfo = z.infer<typeof UniverseInfo>;

/** GET /api/data/sources */
export const SourcesResponse = z.object({
  sources: z.array(SourceInfo),
  universes: z.array(UniverseInfo),
});
export type SourcesResponse = z.infer<typeof SourcesResponse>;
