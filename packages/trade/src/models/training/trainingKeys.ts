import { z } from "zod";
import { SampleWeightsConfig } from "./sampleWeights.ts";

const share = z.number().min(0).max(1);

/** How the learning rate goes from step to step, behind the linear rise of `warmupSteps`. */
export const ScheduleConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant") }),
  /** half a cosine from the rate down to `floor` of it (Loshchilov and Hutter 2017, arXiv 1608.03983) */
  z.strictObject({ kind: z.literal("cosine"), floor: share.default(0.1) }),
  /**
   * the same over a cycle, then anew, each cycle `factor` times as long as the one before. Epochs of all training rows: under
   * a curriculum the first epochs are shorter, and a cycle holds more of them
   */
  z.strictObject({
    kind: z.literal("cosineRestarts"),
    firstCycleEpochs: z.number().gt(0).max(10_000).default(10),
    factor: z.number().min(1).max(10).default(2),
    floor: share.default(0),
  }),
  /** up and down once over the whole training (Smith and Topin 2018, arXiv 1708.07120); it rises by itself, without warm-up */
  z.strictObject({
    kind: z.literal("oneCycle"),
    riseShare: z.number().gt(0).lt(1).default(0.3),
    initialFactor: z.number().gt(0).max(1).default(0.04),
    finalFactor: share.default(0.0001),
  }),
]);
export type ScheduleConfig = z.output<typeof ScheduleConfig>;

/**
 * Easy rows first (Bengio et al. 2009, Curriculum Learning, ICML; Hacohen and Weinshall 2019, arXiv 1904.03626, whose words
 * are scoring and pacing function). See `curriculumRows` and `curriculumShare`.
 */
export const CurriculumConfig = z.strictObject({
  /**
   * what makes a row easy. volatility: prices that were calm over the window before it; labelClarity: an outcome far from
   * the threshold between the classes, in units of that volatility
   */
  order: z.enum(["volatility", "labelClarity"]),
  /** share of the rows that the first epoch draws from */
  startShare: z.number().gt(0).max(1).default(0.3),
  /** epochs after which all rows are drawn from */
  fullAfterEpochs: z.int().min(1).max(10_000).default(5),
  /** linear: as many new rows each epoch; root: more of them early, so that new rows are seen as often as old ones */
  pace: z.enum(["linear", "root"]).default("linear"),
});
export type CurriculumConfig = z.output<typeof CurriculumConfig>;

/** `squared`, `huber`, or `{ kind: huber, delta }`: squared up to `delta` deviations, then linear, so that a crash does not rule a batch. */
export const ReturnLoss = z.preprocess(
  (value) => (typeof value === "string" ? { kind: value } : value),
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("squared") }),
    z.strictObject({ kind: z.literal("huber"), delta: z.number().gt(0).max(100).default(1) }),
  ]),
);
export type ReturnLoss = z.output<typeof ReturnLoss>;

/**
 * Options of every training. None has a default of its own: a profile that does not name a key must leave it as the recipe
 * has it, and a recipe that names none of them is the one that it always was.
 */
export const trainingKeys = {
  schedule: ScheduleConfig.optional(),
  /** parts that a batch is run in, their gradients added up: memory of batch / accumulate rows; 1 unless given */
  accumulate: z.int().min(1).max(4096).optional(),
  /**
   * decay of an exponential moving average of the weights, such as 0.999 (Polyak and Juditsky 1992); the average is what is
   * validated, kept and exported. The last weights unless given
   */
  averageDecay: z.number().gt(0).lt(1).optional(),
  /** share of a label that is spread over all classes (Szegedy et al. 2016, arXiv 1512.00567); counts in the validation loss as well */
  labelSmoothing: z.number().min(0).max(0.5).optional(),
  /** minutes of work that a crash may cost; `--checkpoint-seconds` wins. One minute unless given */
  checkpointMinutes: z.number().min(0).max(1440).optional(),
  curriculum: CurriculumConfig.optional(),
  /** what each row weighs in the loss, beside the weight of its class; 1 unless given */
  sampleWeights: SampleWeightsConfig.optional(),
};
