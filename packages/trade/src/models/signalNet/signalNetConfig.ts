import { z } from "zod";
import { SIGNALS } from "../../labels/labeler.ts";
import { ReturnLoss, trainingKeys } from "../training/trainingKeys.ts";

const strides = z.strictObject({
  BUY: z.int().min(1).default(1),
  HOLD: z.int().min(1).default(1),
  SELL: z.int().min(1).default(1),
});

/** What can decide which epoch is best, of the validation rows, and whether less or more of it is better. */
export const SIGNAL_MONITORS = {
  loss: "min",
  crossEntropy: "min",
  returnLoss: "min",
  accuracy: "max",
  balancedAccuracy: "max",
  macroF1: "max",
} as const;

/** How a signal network is trained. */
export const TrainingConfig = z.strictObject({
  epochs: z.int().min(1).max(10_000),
  batch: z.int().min(1).max(4096),
  learningRate: z.number().gt(0).max(1),
  weightDecay: z.number().min(0).max(1),
  /** steps over which the learning rate rises from zero; `schedule` says what it then does, a half cosine unless given */
  warmupSteps: z.int().min(0),
  clipNorm: z.number().gt(0),
  /** epochs without a better value of `monitor` before training stops */
  patience: z.int().min(1),
  /** what is watched on the validation rows; the loss unless given */
  monitor: z.enum(Object.keys(SIGNAL_MONITORS) as (keyof typeof SIGNAL_MONITORS)[]).optional(),
  /** weights: each class weighs the same in sum; none: each row weighs the same */
  classBalance: z.enum(["weights", "none"]),
  /** 0 is plain cross entropy; Lin et al. 2017 (arXiv 1708.02002) use 2 */
  focalGamma: z.number().min(0).max(10),
  /** of the return's error, in units of its deviation; squared unless given */
  returnLoss: ReturnLoss.optional(),
  /** weight of the return's loss */
  returnWeight: z.number().min(0).max(100),
  /** every k-th window of a class is trained on */
  windowStride: strides,
  ...trainingKeys,
});
export type TrainingConfig = z.output<typeof TrainingConfig>;

/** Strides in the order of the classes. */
export function strideList(config: TrainingConfig): number[] {
  return SIGNALS.map((name) => config.windowStride[name]);
}
