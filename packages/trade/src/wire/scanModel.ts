import { z } from "zod";
import {
  Identifier,
  IsoTime,
  Measured,
  Range,
  RecipeName,
  stagedStatus,
  Ticker,
  Timeframe,
} from "./common.ts";
import { ClassShares } from "./prediction.ts";
import { ScanQuery, ScanResponse } from "./scan.ts";
import { Classification, TrainProfile } from "./training.ts";

/** How far a scan is that was started by POST /api/scan. */
export const ScanStatus = stagedStatus(ScanQuery);
export type ScanStatus = z.infer<typeof ScanStatus>;

/** GET /api/scan: the last scan since the server's start that ran to its end, null before the first. */
export const LatestScan = z.object({
  run: z
    .object({
      request: ScanQuery,
      startedAt: IsoTime,
      finishedAt: IsoTime,
      response: ScanResponse,
    })
    .nullable(),
});
export type LatestScan = z.infer<typeof LatestScan>;
export type ScanRun = NonNullable<LatestScan["run"]>;

/** 95 %; null where there is no formula or too little to count on. */
const Bounds = z.object({ low: z.number(), high: z.number() }).nullable();

/** One line of the ablation, on the test rows: what is left out of the stack, or one base model alone. */
export const AblationLine = z.object({
  what: z.string(),
  /** log loss, nats a row */
  loss: z.number(),
  interval: Bounds,
  /** share of right decisions */
  accuracy: Measured,
  /** log loss beyond that of the whole stack, of the same rows; below 0 it does better without */
  worse: z.number(),
  worseInterval: Bounds,
});
export type AblationLine = z.infer<typeof AblationLine>;

/** Rows whose probability of BUY was told within [from, to): the mean told, and the share that came true. */
export const ReliabilityBin = z.object({
  from: z.number(),
  to: z.number(),
  rows: z.number().int(),
  told: Measured,
  share: Measured,
  /** Wilson's 95 % interval of the share */
  low: z.number(),
  high: z.number(),
});
export type ReliabilityBin = z.infer<typeof ReliabilityBin>;

/** How a scanner did on rows that nothing was fitted on. */
export const ScanTestReport = z.object({
  rows: z.number().int(),
  /** days of decision that the rows lie on: rows of one day share the market's move */
  days: z.number().int(),
  classification: Classification,
  ablation: z.array(AblationLine),
  /** of the probability of BUY */
  reliability: z.object({
    bins: z.array(ReliabilityBin),
    /** mean squared error of the probability */
    brier: z.number(),
    /** of one who says the share that was BUY for every row */
    brierOfShare: z.number(),
    /** expected calibration error: mean distance of told and happened */
    expectedError: z.number(),
  }),
  /** rows that the recipe's filter would have made signals */
  signals: z.object({
    rows: z.number().int(),
    /** of them BUY in the end */
    hits: z.number().int(),
    /** Wilson's 95 % interval of the share, a day counted as one observation */
    low: z.number(),
    high: z.number(),
    /** over the horizon, a fraction, before costs */
    meanReturn: Measured,
  }),
});
export type ScanTestReport = z.infer<typeof ScanTestReport>;

/** A trained scanner with its test. */
export const ScanModel = z.object({
  id: Identifier,
  recipe: RecipeName,
  profile: TrainProfile,
  createdAt: IsoTime,
  market: z.string(),
  timeframe: Timeframe,
  indices: z.array(Ticker),
  /** of the decision, in words: "5 bars of 1d" */
  time_horizon: z.string(),
  symbols: z.number().int(),
  rows: z.object({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  ranges: z.object({ train: Range, validation: Range, test: Range }),
  filter: z.object({ min_confidence: z.number(), max_risk: z.number(), top: z.number().int() }),
  timeframes: z.array(
    z.object({
      timeframe: Timeframe,
      /** null where it has no network, and then `note` says why */
      windows: z.number().int().nullable(),
      symbols: z.number().int(),
      /** share of the candidate rows that had a forecast */
      covered: z.number(),
      note: z.string().nullable(),
    }),
  ),
  bases: z.array(z.string()),
  /** how often each class occurred in the training rows, and the mean of its outcomes, a fraction */
  base_rates: ClassShares,
  mean_returns: ClassShares,
  test: ScanTestReport,
  /** null, or why the run counts as failed */
  failed: z.string().nullable(),
});
export type ScanModel = z.infer<typeof ScanModel>;

export const ScanModelQuery = z.strictObject({ recipe: RecipeName.optional(), model: Identifier.optional() });
export type ScanModelQuery = z.infer<typeof ScanModelQuery>;

/** GET /api/scan/model */
export const ScanModelResponse = z.object({
  /** recipes that scan: those that come with Orion, and those of trained models */
  recipes: z.array(RecipeName),
  /** trained, newest first */
  models: z.array(z.object({ id: Identifier, recipe: RecipeName, createdAt: IsoTime })),
  /** the one named, or the newest of the recipe; null where it has none, and then `missing` says how to mend it */
  model: ScanModel.nullable(),
  missing: z.string().nullable(),
});
export type ScanModelResponse = z.infer<typeof ScanModelResponse>;
