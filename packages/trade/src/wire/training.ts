import { z } from "zod";
import {
  Identifier,
  IsoTime,
  JobState,
  Measured,
  Range,
  RecipeName,
  Ticker,
  Timeframe,
  TimeText,
} from "./common.ts";

export const TrainProfile = z.enum(["quick", "default", "full"]);
export type TrainProfile = z.infer<typeof TrainProfile>;

export const TrainRequest = z.strictObject({
  recipe: RecipeName.default("orionquant"),
  profile: TrainProfile.default("default"),
  epochs: z.number().int().min(1).max(1000).optional(),
  from: TimeText.optional(),
  to: TimeText.optional(),
  /** continue a cancelled or broken run of the same request from its checkpoint */
  resume: z.boolean().optional(),
  /** take the model that the same recipe and bars gave before, when there is one; else go on from a checkpoint */
  reuse: z.boolean().optional(),
});
export type TrainRequest = z.infer<typeof TrainRequest>;

export const LossPoint = z.object({
  step: z.number().int(),
  epoch: z.number(),
  loss: z.number(),
  validationLoss: z.number().nullable(),
});
export type LossPoint = z.infer<typeof LossPoint>;

export const TrainingStatus = z.object({
  state: JobState,
  jobId: z.string().nullable(),
  recipe: z.string().nullable(),
  profile: TrainProfile.nullable(),
  /** what is being done: features, training, validating, testing, exporting … */
  stage: z.string().nullable(),
  epoch: z.number(),
  epochs: z.number(),
  step: z.number(),
  steps: z.number(),
  loss: z.number().nullable(),
  /** share of right classes in the last steps, meaningless alone where one class rules: see balancedAccuracy */
  accuracy: z.number().nullable(),
  balancedAccuracy: z.number().nullable(),
  learningRate: z.number().nullable(),
  windowsPerSecond: z.number().nullable(),
  gflops: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  history: z.array(LossPoint),
  modelId: Identifier.nullable(),
  message: z.string().nullable(),
  error: z.string().nullable(),
  startedAt: IsoTime.nullable(),
});
export type TrainingStatus = z.infer<typeof TrainingStatus>;

/** How a three-class forecast did on rows that it has not seen. Rows of the matrix: truth; columns: forecast. */
export const Classification = z.object({
  n: z.number().int(),
  classes: z.array(z.string()),
  confusion: z.array(z.array(z.number().int())),
  accuracy: z.number(),
  majorityAccuracy: z.number(),
  balancedAccuracy: z.number(),
  balancedAccuracyInterval: z.tuple([z.number(), z.number()]),
  macroF1: z.number(),
  averagePrecision: z.record(z.string(), Measured),
  baseRates: z.record(z.string(), z.number()),
  logLoss: z.number(),
  /** true when one class is forecast for every row: the run has failed */
  alwaysOneClass: z.boolean(),
});
export type Classification = z.infer<typeof Classification>;

export const ModelSummary = z.object({
  id: Identifier,
  recipe: RecipeName,
  profile: TrainProfile,
  createdAt: IsoTime,
  symbol: Ticker,
  timeframe: Timeframe,
  parameters: z.number().int(),
  sha256: z.string(),
  trainingRange: Range,
  validationRange: Range,
  testRange: Range,
  epochs: z.number(),
  /** windows trained on, of one epoch */
  windows: z.number().int(),
  windowsPerSecond: z.number(),
  gflops: z.number(),
  /** loss on the validation rows: of the untrained network, and of the weights that were kept */
  lossBefore: z.number(),
  lossAfter: z.number(),
  test: Classification,
  /** null, or why the run counts as failed */
  failed: z.string().nullable(),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

/** A recipe that can be trained here. */
export const RecipeSummary = z.object({
  name: RecipeName,
  about: z.string(),
  symbol: Ticker,
  timeframe: Timeframe,
  horizonBars: z.number().int(),
});
export type RecipeSummary = z.infer<typeof RecipeSummary>;
