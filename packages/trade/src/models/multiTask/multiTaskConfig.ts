import { z } from "zod";
import { ReturnLoss, type ScheduleConfig, trainingKeys } from "../training/trainingKeys.ts";

const weight = z.number().min(0).max(100);

/** Tasks that are trained together; confidence is fitted after them, since its target is how right they were. */
export const JOINT_TASKS = ["returns", "direction", "volatility", "position", "risk"] as const;
export type JointTask = (typeof JOINT_TASKS)[number];

/** What each task's loss counts; the defaults are the seed's: price, direction, volatility, position, risk, confidence. */
export const FixedTaskWeights = z
  .strictObject({
    returns: weight.default(0.3),
    direction: weight.default(0.2),
    volatility: weight.default(0.15),
    position: weight.default(0.2),
    risk: weight.default(0.1),
    /** counts in the loss that is told; above 0 the head is fitted, 0 leaves it out and holds nothing back for it */
    confidence: weight.default(0.05),
  })
  .refine((w) => JOINT_TASKS.every((task) => w[task] > 0), {
    message:
      "returns, direction, volatility, position and risk each need a weight above 0: their heads share one training",
  });
export type FixedTaskWeights = z.output<typeof FixedTaskWeights>;

/** What can decide which epoch is best, of the validation rows, and whether less or more of it is better. */
export const MULTI_TASK_MONITORS = {
  loss: "min",
  "loss.returns": "min",
  "loss.direction": "min",
  "loss.volatility": "min",
  "loss.position": "min",
  "loss.risk": "min",
  /** of the direction */
  accuracy: "max",
  "direction.balancedAccuracy": "max",
  "direction.macroF1": "max",
  "position.balancedAccuracy": "max",
  "position.macroF1": "max",
} as const;

/** How a network with six heads is trained. */
export const MultiTaskTraining = z.strictObject({
  epochs: z.int().min(1).max(10_000),
  batch: z.int().min(1).max(4096),
  learningRate: z.number().gt(0).max(1),
  weightDecay: z.number().min(0).max(1),
  /** steps over which the learning rate rises from zero; `schedule` says what it then does, cycles of 10, 20, 40 … epochs unless given */
  warmupSteps: z.int().min(0).optional(),
  /** an older way to write `schedule: { kind: cosineRestarts }`; not beside it */
  restarts: z
    .strictObject({
      firstEpochs: z.number().gt(0).max(10_000).default(10),
      factor: z.number().min(1).max(10).default(2),
    })
    .optional(),
  clipNorm: z.number().gt(0),
  /** epochs without a better value of `monitor` before training stops */
  patience: z.int().min(1),
  /** what is watched on the validation rows; the loss unless given */
  monitor: z.enum(Object.keys(MULTI_TASK_MONITORS) as (keyof typeof MULTI_TASK_MONITORS)[]).optional(),
  /** weights: each class weighs the same in sum; none: each row weighs the same */
  classBalance: z.enum(["weights", "none"]),
  /** of the returns' errors, in units of their deviations */
  returnLoss: ReturnLoss,
  /** fixed numbers, or `learned`: weighed by each task's own noise (Kendall, Gal and Cipolla 2018, arXiv 1705.07115) */
  taskWeights: z.union([z.literal("learned"), FixedTaskWeights]),
  confidence: z.strictObject({
    /** share of the training days, the last of them, that the other heads do not see and confidence is fitted on */
    heldBack: z.number().gt(0).max(0.5),
    /** passes over those days' rows */
    epochs: z.int().min(1).max(10_000),
  }),
  /** every k-th window of an instrument is trained on; 1 trains on all */
  rowStride: z.int().min(1),
  ...trainingKeys,
});
export type MultiTaskTraining = z.output<typeof MultiTaskTraining>;

export function scheduleOf({ schedule, restarts }: MultiTaskTraining): ScheduleConfig {
  if (schedule) return schedule;
  const { firstEpochs = 10, factor = 2 } = restarts ?? {};
  return { kind: "cosineRestarts", firstCycleEpochs: firstEpochs, factor, floor: 0 };
}

/** Whether the confidence head is fitted, and rows held back for it. */
export function fitsConfidence({ taskWeights }: MultiTaskTraining): boolean {
  return taskWeights === "learned" || taskWeights.confidence > 0;
}
