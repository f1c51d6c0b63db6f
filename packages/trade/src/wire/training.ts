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

/** What a training is expected to hold in memory at its peak, bytes; the parts add up. */
export const TrainingMemory = z.object({
  /** of the whole process */
  estimatedBytes: z.number(),
  parametersBytes: z.number(),
  optimizerBytes: z.number(),
  activationsBytes: z.number(),
  /** what the process held before, and what engine, validation and checkpoints take */
  otherBytes: z.number(),
});
export type TrainingMemory = z.infer<typeof TrainingMemory>;

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
  /** told before the first step */
  memory: TrainingMemory.optional(),
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

const Bounds = z.tuple([z.number(), z.number()]).nullable();

/** How a number ranks the rows, beside what the last days' own volatility tells for nothing. */
export const RankingReport = z.object({
  n: z.number().int(),
  /** Spearman's correlation of what was said and what happened */
  rankCorrelation: Measured,
  interval: Bounds,
  /** the same of the realised volatility of as many bars before the decision */
  baselineRankCorrelation: Measured,
  baselineInterval: Bounds,
});
export type RankingReport = z.infer<typeof RankingReport>;

/**
 * How each head did on rows that nothing has seen. Intervals are of 95 %, null where there is no formula; all
 * instruments of a day count as one observation, and days whose outcomes overlap as days over the horizon.
 */
export const TaskReports = z.object({
  /** distinct days, and those days over the horizon: what the intervals count on */
  days: z.number().int(),
  effectiveDays: z.number(),
  returns: z.array(
    z.object({
      horizonBars: z.number().int(),
      n: z.number().int(),
      correlation: Measured,
      correlationInterval: Bounds,
      rmse: z.number(),
      /** of saying 0 for every row */
      zeroRmse: z.number(),
      /** 1 - (rmse / zeroRmse)^2: above 0 is better than saying 0 */
      skill: Measured,
      skillInterval: Bounds,
    }),
  ),
  direction: Classification,
  position: Classification,
  volatility: RankingReport,
  risk: RankingReport,
  /** null when the head was left out */
  confidence: z
    .object({
      n: z.number().int(),
      /** how often the direction was right */
      rightShare: z.number(),
      brier: z.number(),
      /** Brier score of saying for every row the share that was right on the held-back rows */
      baseBrier: z.number(),
      /** 1 - brier / baseBrier */
      skill: Measured,
      skillInterval: Bounds,
    })
    .nullable(),
});
export type TaskReports = z.infer<typeof TaskReports>;

export const ModelSummary = z.object({
  id: Identifier,
  recipe: RecipeName,
  profile: TrainProfile,
  createdAt: IsoTime,
  /** the symbol, or the first of many */
  symbol: Ticker,
  /** all that it was trained on, where these are many */
  symbols: z.array(Ticker).optional(),
  /** symbols of the recipe that were left out, and why */
  dropped: z.array(z.object({ symbol: Ticker, reason: z.string() })).optional(),
  timeframe: Timeframe,
  /** the network's name */
  network: z.string().optional(),
  parameters: z.number().int(),
  /** networks that vote, where it is an ensemble */
  members: z.number().int().optional(),
  /** the model whose weights it started from */
  parent: z
    .object({
      id: Identifier,
      sha256: z.string(),
      how: z.enum(["transfer", "update"]),
      frozenEncoder: z.boolean(),
    })
    .optional(),
  sha256: z.string(),
  trainingRange: Range,
  validationRange: Range,
  testRange: Range,
  epochs: z.number(),
  /** windows trained on, of one epoch */
  windows: z.number().int(),
  windowsPerSecond: z.number(),
  gflops: z.number(),
  /** share of the training steps in which the engine waited for a batch, 0..1; models of before it was measured have none */
  engineIdleShare: z.number().optional(),
  /** loss on the validation rows: of the untrained network, and of the weights that were kept */
  lossBefore: z.number(),
  lossAfter: z.number(),
  /** of the signal, or of the direction where there are six heads */
  test: Classification,
  /** of each of six heads */
  tasks: TaskReports.optional(),
  /** null, or why the run counts as failed */
  failed: z.string().nullable(),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

/** Whether a model gives the signal of one symbol: six heads and recipes of stages forecast many. */
export const isSignalModel = ({ symbols }: Pick<ModelSummary, "symbols">): boolean => symbols === undefined;

/** A recipe that can be trained here. */
export const RecipeSummary = z.object({
  name: RecipeName,
  about: z.string(),
  symbol: Ticker,
  timeframe: Timeframe,
  horizonBars: z.number().int(),
});
export type RecipeSummary = z.infer<typeof RecipeSummary>;
