import { z } from "zod";
import { Identifier, IsoTime, stagedStatus, Ticker, TimeText } from "./common.ts";
import { ClassShares } from "./prediction.ts";
import { MatteredFeature } from "./scan.ts";

/** Which candidate of which scan is to be explained. */
export const ScanExplanationQuery = z.strictObject({
  model: Identifier,
  symbol: Ticker,
  /** the close that was scanned */
  at: TimeText,
});
export type ScanExplanationQuery = z.infer<typeof ScanExplanationQuery>;

/**
 * Why a model's boosted base models said what they said of one symbol: Shapley values of the raw score of BUY (log-odds up to a
 * constant), means over those models. `baseline` and all contributions add up to `value`.
 */
export const ScanExplanation = z.object({
  model: Identifier,
  symbol: Ticker,
  /** close of the last bar that was looked at */
  as_of: IsoTime,
  /** calibrated, of the whole stack: those of the scan, unless bars have changed since */
  probabilities: ClassShares,
  /** base models that the contributions are means of, and those that have no log-odds to explain */
  explained: z.array(z.string()),
  unexplained: z.array(z.string()),
  /** of an average training row */
  baseline: z.number(),
  value: z.number(),
  /** sums by where a column comes from */
  groups: z.array(
    z.object({
      group: z.enum(["features", "momentum", "timeframes", "risk"]),
      columns: z.number().int(),
      contribution: z.number(),
    }),
  ),
  /** largest by size first */
  mattered: z.array(MatteredFeature),
  /** all columns that `mattered` leaves out */
  rest: z.object({ columns: z.number().int(), contribution: z.number() }),
});
export type ScanExplanation = z.infer<typeof ScanExplanation>;

/** How far an explanation is that was started by POST /api/scan/explanation. */
export const ScanExplanationStatus = stagedStatus(ScanExplanationQuery);
export type ScanExplanationStatus = z.infer<typeof ScanExplanationStatus>;

/** GET /api/scan/explanation: what was found of that candidate since the server's start, null before. */
export const KeptScanExplanation = z.object({
  run: z
    .object({
      request: ScanExplanationQuery,
      startedAt: IsoTime,
      finishedAt: IsoTime,
      explanation: ScanExplanation,
    })
    .nullable(),
});
export type KeptScanExplanation = z.infer<typeof KeptScanExplanation>;
export type ScanExplanationRun = NonNullable<KeptScanExplanation["run"]>;
