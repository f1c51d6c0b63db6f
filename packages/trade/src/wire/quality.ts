import { z } from "zod";
import { IsoTime, Ticker, Timeframe } from "./common.ts";

export const QualityQuery = z.strictObject({
  symbol: Ticker,
  /** default: the shortest that is stored */
  timeframe: Timeframe.optional(),
  market: z.enum(["spot", "futures", "stock"]).optional(),
});
export type QualityQuery = z.infer<typeof QualityQuery>;

/** A stretch of trouble to be drawn on a chart. */
export const QualityPlace = z.object({
  /** start of the first bar and close of the last */
  from: IsoTime,
  to: IsoTime,
  /** the check that found it, such as gaps, spikes, splits */
  kind: z.string(),
  severity: z.enum(["error", "warning", "note"]),
  /** bars concerned */
  count: z.number().int(),
  /** in words */
  note: z.string(),
});
export type QualityPlace = z.infer<typeof QualityPlace>;

export const QualityCheckCount = z.object({
  kind: z.string(),
  rule: z.string(),
  count: z.number().int(),
  /** of what was looked at */
  share: z.number(),
  severity: z.enum(["error", "warning", "note", "ok", "not judged"]),
});

/** GET /api/data/quality */
export const QualityResponse = z.object({
  symbol: Ticker,
  timeframe: Timeframe,
  market: z.string(),
  rows: z.number().int(),
  from: IsoTime.nullable(),
  to: IsoTime.nullable(),
  /** what gaps were judged by; null when they were not */
  calendar: z.string().nullable(),
  /** no error and no target missed */
  ok: z.boolean(),
  targets: z.array(
    z.object({
      name: z.enum(["missing", "outliers"]),
      target: z.number(),
      measured: z.number().nullable(),
      met: z.boolean().nullable(),
    }),
  ),
  checks: z.array(QualityCheckCount),
  /** oldest first; the worst ones where there are more than can be drawn */
  places: z.array(QualityPlace),
  /** places that were left out of `places` */
  placesLeftOut: z.number().int(),
  /** bars that `data check --repair` dropped and the splits that it proposed; null where nothing was repaired */
  repaired: z
    .object({ rows: z.number().int(), droppedBars: z.number().int(), proposals: z.number().int() })
    .nullable(),
});
export type QualityResponse = z.infer<typeof QualityResponse>;
