import { z } from "zod";
import { IsoTime, Ticker, Timeframe, TimeText } from "./common.ts";
import { MarketName } from "./data.ts";

/** `price`: moves with the price's own level and is drawn over candles; `pane`: has a scale of its own. */
export const IndicatorPlace = z.enum(["price", "pane"]);
export type IndicatorPlace = z.infer<typeof IndicatorPlace>;

export const IndicatorParam = z.object({
  name: z.string(),
  kind: z.enum(["count", "number", "choice", "switch"]),
  preset: z.union([z.number(), z.string(), z.boolean()]),
  /** of numbers */
  least: z.number().nullable(),
  most: z.number().nullable(),
  choices: z.array(z.string()),
});
export type IndicatorParam = z.infer<typeof IndicatorParam>;

/** An indicator that stored bars, and what is stored beside them, can feed. */
export const IndicatorInfo = z.object({
  family: z.string(),
  name: z.string(),
  title: z.string(),
  formula: z.string(),
  source: z.string(),
  params: z.array(IndicatorParam),
  /** what it reads that has to be stored beside the bars: funding, mark, openInterest */
  beside: z.array(z.string()),
  outputs: z.array(z.object({ name: z.string(), place: IndicatorPlace })),
  /** bars before a row on which it depends, at the defaults; null where the whole history counts */
  lookback: z.number().int().nullable(),
});
export type IndicatorInfo = z.infer<typeof IndicatorInfo>;

/** GET /api/indicators */
export const IndicatorsResponse = z.object({
  indicators: z.array(IndicatorInfo),
  /** those that read what is not stored for a symbol, and what that is */
  unavailable: z.array(z.object({ name: z.string(), needs: z.array(z.string()) })),
});
export type IndicatorsResponse = z.infer<typeof IndicatorsResponse>;

export const IndicatorQuery = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, "an indicator is named as /api/indicators lists it"),
  /** as `period=14,start=first`; defaults for what is not named */
  params: z.string().max(200).default(""),
  symbol: Ticker,
  timeframe: Timeframe,
  market: MarketName.optional(),
  /** bars that start within [from, to] are answered; all before them are read */
  from: TimeText,
  to: TimeText,
});
export type IndicatorQuery = z.infer<typeof IndicatorQuery>;

/** GET /api/indicator */
export const IndicatorResponse = z.object({
  name: z.string(),
  params: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  symbol: Ticker,
  timeframe: Timeframe,
  market: MarketName,
  /** start of each bar, ms UTC */
  time: z.array(z.number()),
  /** null in the warm-up and where an input is missing */
  outputs: z.array(
    z.object({ name: z.string(), place: IndicatorPlace, values: z.array(z.number().nullable()) }),
  ),
  /** bars that were read, and the start of the first of them */
  bars: z.number().int(),
  since: IsoTime,
});
export type IndicatorResponse = z.infer<typeof IndicatorResponse>;
