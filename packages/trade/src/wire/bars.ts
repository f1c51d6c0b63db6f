import { z } from "zod";
import { IsoTime, JobState, Ticker, Timeframe, TimeText } from "./common.ts";
import { MarketName, SeriesKind } from "./data.ts";

export const BarsQuery = z.strictObject({
  symbol: Ticker.optional(),
  timeframe: Timeframe.optional(),
  /** default: where the symbol is stored */
  market: MarketName.optional(),
  kind: z.enum(["bars", "mark"]).default("bars"),
  from: TimeText.optional(),
  /** the last bar closes at or before this: the start of the oldest bar shown gives those before it */
  to: TimeText.optional(),
  /** of the bars in the range: those at its end, or those at its beginning */
  side: z.enum(["newest", "oldest"]).default("newest"),
  limit: z.coerce.number().int().min(1).max(5000).default(500),
});
export type BarsQuery = z.infer<typeof BarsQuery>;

/** Bars of the range, oldest first. `time` is the start of each bar, ms UTC. */
export const BarsResponse = z.object({
  symbol: Ticker,
  timeframe: Timeframe,
  market: MarketName,
  /** bars in the store that these were made from */
  storedTimeframe: Timeframe,
  /** there are bars before the first and after the last of these */
  hasOlder: z.boolean(),
  hasNewer: z.boolean(),
  time: z.array(z.number()),
  open: z.array(z.number()),
  high: z.array(z.number()),
  low: z.array(z.number()),
  close: z.array(z.number()),
  volume: z.array(z.number()),
});
export type BarsResponse = z.infer<typeof BarsResponse>;

export const DownloadRequest = z.strictObject({
  source: z.enum(["binance", "binanceusdm", "alpaca", "schwab", "yahoo"]),
  /** what stands in where alpaca cannot serve: no keys, a symbol that it does not know, time before its history */
  fallback: z.enum(["yahoo"]).optional(),
  symbols: z.array(Ticker).min(1).max(2000),
  /** without a meaning for funding */
  timeframe: Timeframe,
  kind: SeriesKind.default("bars"),
  /** default: continue after the last stored bar */
  since: TimeText.optional(),
  until: TimeText.optional(),
});
export type DownloadRequest = z.infer<typeof DownloadRequest>;

/** What is stored of a series after its download. */
export const DownloadedSeries = z.object({
  symbol: Ticker,
  /** null for funding */
  timeframe: Timeframe.nullable(),
  market: z.string(),
  kind: SeriesKind,
  rows: z.number().int(),
  /** rows that were not stored before */
  added: z.number().int(),
  from: IsoTime,
  to: IsoTime,
});
export type DownloadedSeries = z.infer<typeof DownloadedSeries>;

/** How far the download of one symbol has come. */
export const SymbolProgress = z.object({
  symbol: z.string(),
  state: z.enum(["waiting", "running", "done", "failed", "stopped"]),
  /** rows fetched of this run, and expected when known */
  done: z.number(),
  total: z.number().nullable(),
  /** rows that were not stored before, once it has ended */
  added: z.number().nullable(),
  error: z.string().nullable(),
});
export type SymbolProgress = z.infer<typeof SymbolProgress>;

export const DownloadStatus = z.object({
  state: JobState,
  jobId: z.string().nullable(),
  source: z.string().nullable(),
  symbols: z.array(z.string()),
  /** of the symbol that is fetched now: bars so far, and expected when known */
  done: z.number(),
  total: z.number().nullable(),
  /** of each symbol, in the order of the request */
  progress: z.array(SymbolProgress),
  /** what was asked for: the same again continues where it stopped */
  request: DownloadRequest.nullable(),
  /** of the whole download */
  secondsLeft: z.number().nullable(),
  message: z.string().nullable(),
  error: z.string().nullable(),
  startedAt: IsoTime.nullable(),
});
export type DownloadStatus = z.infer<typeof DownloadStatus>;
