import { z } from "zod";
import { SignalNetManifest } from "../../models/signalNet/signalNetManifest.ts";
import { StackManifest } from "../../models/tabular/stackManifest.ts";
import { Classification } from "../../wire/training.ts";
import { trainedModelKeys } from "../modelManifest.ts";
import { ScannerRecipeSchema } from "./scannerSchema.ts";

const bounds = z.strictObject({ low: z.number(), high: z.number() }).nullable();
const measured = z.number().nullable();

/** One line of the ablation: log loss on the test rows, and how much worse than the whole stack. */
export const AblationRecord = z.strictObject({
  what: z.string(),
  loss: z.number(),
  interval: bounds,
  accuracy: measured,
  worse: z.number(),
  worseInterval: bounds,
});

export const ScannerReport = z.strictObject({
  /** test rows, and the days that they lie on */
  rows: z.int(),
  days: z.int(),
  /** the calibrated stack's most probable class */
  classification: Classification,
  ablation: z.array(AblationRecord),
  diversity: z.array(
    z.strictObject({
      members: z.tuple([z.string(), z.string()]),
      disagreement: measured,
      q: measured,
      errorCorrelation: measured,
    }),
  ),
  /** of the probability of BUY: told against what happened */
  reliability: z.strictObject({
    bins: z.array(
      z.strictObject({
        from: z.number(),
        to: z.number(),
        rows: z.int(),
        told: measured,
        share: measured,
        low: z.number(),
        high: z.number(),
      }),
    ),
    brier: z.number(),
    /** of one who knows the share alone */
    brierOfShare: z.number(),
    expectedError: z.number(),
  }),
  /** rows that the recipe's filter makes signals: share that were BUY with Wilson's interval, and their mean outcome */
  signals: z.strictObject({
    rows: z.int(),
    hits: z.int(),
    low: z.number(),
    high: z.number(),
    meanReturn: measured,
  }),
});
export type ScannerReport = z.output<typeof ScannerReport>;

const series = z.strictObject({ symbol: z.string(), rows: z.int(), from: z.number(), to: z.number() });

/** All that is known of a trained recipe of stages beside its graphs; stored as `manifest.json`. */
export const ScannerManifest = z.strictObject({
  ...trainedModelKeys,
  task: z.literal("scan"),
  recipe: ScannerRecipeSchema.omit({ profiles: true }),
  /** the range that was asked for, ms UTC; null for all that was stored */
  asked: z.strictObject({ from: measured, to: measured }).optional(),
  data: z.strictObject({ symbols: z.array(series), indices: z.array(series), sha256: z.string() }),
  rows: z.strictObject({ train: z.int(), validation: z.int(), test: z.int() }),
  timeframes: z.array(
    z.strictObject({
      timeframe: z.string(),
      /** null where too few bars were stored */
      net: SignalNetManifest.nullable(),
      windows: z.int(),
      symbols: z.int(),
      /** share of the candidate rows that had a forecast */
      covered: z.number(),
      notes: z.array(z.string()),
    }),
  ),
  stack: StackManifest,
  /** in the training rows: share of each class, and the mean of its outcomes, a fraction */
  classes: z.record(z.string(), z.strictObject({ share: z.number(), meanReturn: z.number() })),
  /** how the risk figures were told, by number of rows */
  riskMethods: z.record(z.string(), z.int()),
  /** on rows that nothing was fitted on */
  test: ScannerReport,
});
export type ScannerManifest = z.output<typeof ScannerManifest>;
