import { z } from "zod";
import { AuditReport } from "./audit.ts";
import { IsoTime, Measured, Range, RecipeName, stagedStatus, Ticker, Timeframe } from "./common.ts";
import { MarketName } from "./data.ts";

export const FeaturesQuery = z.strictObject({ recipe: RecipeName.default("orionquant") });
export type FeaturesQuery = z.infer<typeof FeaturesQuery>;

/** What one column of a recipe is. */
export const FeatureDoc = z.object({
  name: z.string(),
  /** t is the current bar */
  formula: z.string(),
  source: z.string(),
  /** the set it comes from, as the recipe names it */
  set: z.string(),
  /** bars before a row that it may depend on: of the whole set */
  lookback: z.number().int(),
});
export type FeatureDoc = z.infer<typeof FeatureDoc>;

/** How columns are chosen before they are scaled. */
export const SelectionRule = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("correlation"), limit: z.number(), against: z.enum(["class", "return"]) }),
  z.object({ kind: z.literal("pca"), variance: z.number() }),
]);
export type SelectionRule = z.infer<typeof SelectionRule>;

/** GET /api/features: what a recipe's network sees, without any data. */
export const FeaturesResponse = z.object({
  recipe: RecipeName,
  about: z.string(),
  market: MarketName,
  timeframe: Timeframe,
  symbols: z.array(Ticker),
  /** instruments that every symbol is seen beside */
  context: z.array(Ticker),
  /** bars of one example */
  window: z.number().int(),
  /** null where the network reads all columns */
  selection: SelectionRule.nullable(),
  columns: z.array(FeatureDoc),
});
export type FeaturesResponse = z.infer<typeof FeaturesResponse>;

export const FeatureReportQuery = FeaturesQuery.extend({
  /** this symbol alone; all of the recipe's unless given */
  symbol: Ticker.optional(),
});
export type FeatureReportQuery = z.infer<typeof FeatureReportQuery>;

/** How a column's values lie in the training rows; its units are the column's own. */
export const ColumnDistribution = z.object({
  /** training rows, and those of them without a value */
  rows: z.number().int(),
  missing: z.number().int(),
  /** stored bars up to the last training row, and those of them without a value: warm-up, holes */
  bars: z.number().int(),
  missingBars: z.number().int(),
  mean: Measured,
  /** of the population */
  deviation: Measured,
  least: Measured,
  most: Measured,
  quantiles: z.array(z.object({ share: z.number(), value: z.number() })),
  /** equal bins from the 0.5 % to the 99.5 % quantile, and how many rows lie outside; null where nothing varies */
  histogram: z
    .object({
      from: z.number(),
      to: z.number(),
      counts: z.array(z.number().int()),
      below: z.number().int(),
      above: z.number().int(),
    })
    .nullable(),
});
export type ColumnDistribution = z.infer<typeof ColumnDistribution>;

/** How far later rows lie from the training rows. */
export const ColumnDriftOf = z.object({
  /** rows with a value */
  rows: z.number().int(),
  /** sum (a - e) ln(a / e) over the training rows' deciles */
  stabilityIndex: Measured,
  /** little below 0.1, some up to 0.25, major above */
  reading: z.enum(["little", "some", "major", "not judged"]),
  /** largest distance of the two distribution functions, 0 … 1 */
  kolmogorovSmirnov: Measured,
});
export type ColumnDriftOf = z.infer<typeof ColumnDriftOf>;

export const FeatureColumn = z.object({
  name: z.string(),
  distribution: ColumnDistribution,
  validation: ColumnDriftOf,
  /** for display alone: nothing is chosen or fitted by it */
  test: ColumnDriftOf,
});
export type FeatureColumn = z.infer<typeof FeatureColumn>;

/** A column that the selection takes away, and why. */
export const DroppedFeature = z.discriminatedUnion("reason", [
  z.object({ name: z.string(), reason: z.literal("constant") }),
  z.object({
    name: z.string(),
    reason: z.literal("correlated"),
    /** the column that stays in its place */
    kept: z.string(),
    r: z.number(),
    /** mutual information with the label, nats: of this column and of the kept one */
    information: z.number(),
    keptInformation: z.number(),
  }),
]);
export type DroppedFeature = z.infer<typeof DroppedFeature>;

export const FeatureChoice = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("correlation"),
    limit: z.number(),
    against: z.enum(["class", "return"]),
    kept: z.array(z.string()),
    dropped: z.array(DroppedFeature),
    /** nats, of each column in the order of `columns` */
    information: z.array(z.number()),
  }),
  z.object({
    kind: z.literal("pca"),
    variance: z.number(),
    constant: z.array(z.string()),
    /** largest first */
    components: z.array(
      z.object({
        name: z.string(),
        /** of the variance */
        share: z.number(),
        /** the columns that weigh most, by |weight| */
        loadings: z.array(z.object({ column: z.string(), weight: z.number() })),
      }),
    ),
  }),
]);
export type FeatureChoice = z.infer<typeof FeatureChoice>;

/** GET /api/features/report: the columns on the stored bars. */
export const FeatureReport = z.object({
  recipe: RecipeName,
  symbols: z.array(Ticker),
  /** symbols of the recipe that gave too few rows */
  leftOut: z.array(z.object({ symbol: Ticker, reason: z.string() })),
  /** of what is stored of these symbols and their context */
  dataSha256: z.string(),
  /** decisions of each part of the split; everything but drift is of the training rows */
  parts: z.object({
    train: Range.extend({ rows: z.number().int() }),
    validation: Range.extend({ rows: z.number().int() }),
    test: Range.extend({ rows: z.number().int() }),
  }),
  columns: z.array(FeatureColumn),
  correlation: z.object({
    /** training rows whole in every column */
    rows: z.number().int(),
    /** [F, F] row-major, Pearson's r to four decimals; null for a column that does not vary */
    r: z.array(z.number().nullable()),
    /** columns in an order in which those that move together are neighbours */
    order: z.array(z.number().int()),
  }),
  /** whether the recipe selects like this when it trains; else what a selection by correlation would take away */
  isInRecipe: z.boolean(),
  choice: FeatureChoice,
  /** to make this report; 0 where it was kept from before */
  seconds: z.number(),
});
export type FeatureReport = z.infer<typeof FeatureReport>;

export const AuditRequest = z.strictObject({
  recipe: RecipeName.default("orionquant"),
  /** the last 20,000 bars, fewer moments and trainings */
  quick: z.boolean().default(true),
  /** the last so many bars of each symbol */
  rows: z.number().int().min(1).max(10_000_000).optional(),
});
export type AuditRequest = z.infer<typeof AuditRequest>;

/** GET /api/audit-status */
export const AuditStatus = stagedStatus(AuditRequest);
export type AuditStatus = z.infer<typeof AuditStatus>;

/** An audit with what it was run on. */
export const AuditRun = z.object({
  request: AuditRequest,
  startedAt: IsoTime,
  finishedAt: IsoTime,
  /** of what was stored of the recipe's symbols and their context when it began */
  dataSha256: z.string(),
  report: AuditReport,
});
export type AuditRun = z.infer<typeof AuditRun>;

/** GET /api/audit/leakage: the last audit since the server's start, null before the first. */
export const LatestAudit = z.object({ run: AuditRun.nullable() });
export type LatestAudit = z.infer<typeof LatestAudit>;
