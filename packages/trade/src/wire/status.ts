import { z } from "zod";
import { BacktestStatus } from "./backtest.ts";
import { DownloadStatus } from "./bars.ts";
import { Identifier, IsoTime, JobState, Ticker, Timeframe } from "./common.ts";
import { Prediction } from "./prediction.ts";
import { TrainingStatus } from "./training.ts";

export const StoredBars = z.object({
  symbol: Ticker,
  timeframe: Timeframe,
  market: z.string(),
  rows: z.number().int(),
  from: IsoTime,
  to: IsoTime,
});
export type StoredBars = z.infer<typeof StoredBars>;

export const StatusResponse = z.object({
  version: z.string(),
  time: IsoTime,
  data: z.array(StoredBars),
  /** the model that predictions come from, null before the first training */
  model: Identifier.nullable(),
  training: JobState,
  download: JobState,
  backtest: JobState,
});
export type StatusResponse = z.infer<typeof StatusResponse>;

/** What the server sends over /ws. */
export const LiveMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("training"), status: TrainingStatus }),
  z.object({ type: z.literal("download"), status: DownloadStatus }),
  z.object({ type: z.literal("backtest"), status: BacktestStatus }),
  z.object({ type: z.literal("prediction"), prediction: Prediction }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;
