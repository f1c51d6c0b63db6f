import { z } from "zod";
import { IsoTime, JobState, Ticker, Timeframe, TimeText } from "./common.ts";

export const BarsQuery = z.strictObject({
  symbol: Ticker.optional(),
  timeframe: Timeframe.optional(),
  from: TimeText.optional(),
  to: TimeText.optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(500),
});
export type BarsQuery = z.infer<typeof BarsQuery>;

/** The newest bars of the range, oldest first. `time` is the start of each bar, ms UTC. */
export const BarsResponse = z.object({
  symbol: Ticker,
  timeframe: Timeframe,
  /** bars in the store that these were made from */
  storedTimeframe: Timeframe,
  time: z.array(z.number()),
  open: z.array(z.number()),
  high: z.array(z.number()),
  low: z.array(z.number()),
  close: z.array(z.number()),
  volume: z.array(z.number()),
});
export type BarsResponse = z.infer<typeof BarsResponse>;

export const DownloadRequest = z.strictObject({
  source: z.enum(["binance", "binanceusdm"]),
  symbols: z.array(Ticker).min(1).max(50),
  timeframe: Timeframe,
  /** default: continue after the last stored bar */
  since: TimeText.optional(),
  until: TimeText.optional(),
});
export type DownloadRequest = z.infer<typeof DownloadRequest>;

export const DownloadStatus = z.object({
  state: JobState,
  jobId: z.string().nullable(),
  source: z.string().nullable(),
  symbols: z.array(z.string()),
  /** bars so far, and expected when known */
  done: z.number(),
  total: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  message: z.string().nullable(),
  error: z.string().nullable(),
  startedAt: IsoTime.nullable(),
});
export type DownloadStatus = z.infer<typeof DownloadStatus>;
