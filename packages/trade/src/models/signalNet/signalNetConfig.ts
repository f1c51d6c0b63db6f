import { z } from "zod";
import { SIGNALS } from "../../labels/labeler.ts";

const strides = z.strictObject({
  BUY: z.int().min(1).default(1),
  HOLD: z.int().min(1).default(1),
  SELL: z.int().min(1).default(1),
});

/** How a signal network is trained. */
export const TrainingConfig = z.strictObject({
  epochs: z.int().min(1).max(10_000),
  batch: z.int().min(1).max(4096),
  learningRate: z.number().gt(0).max(1),
  weightDecay: z.number().min(0).max(1),
  /** steps over which the learning rate rises from zero; it then falls by a half cosine */
  warmupSteps: z.int().min(0),
  clipNorm: z.number().gt(0),
  /** epochs without a better validation loss before training stops */
  patience: z.int().min(1),
  /** weights: each class weighs the same in sum; none: each row weighs the same */
  classBalance: z.enum(["weights", "none"]),
  /** 0 is plain cross entropy; Lin et al. 2017 (arXiv 1708.02002) use 2 */
  focalGamma: z.number().min(0).max(10),
  /** weight of the squared error of the return, in units of its deviation */
  returnWeight: z.number().min(0).max(100),
  /** every k-th window of a class is trained on */
  windowStride: strides,
});
export type TrainingConfig = z.output<typeof TrainingConfig>;

export const ScalingConfig = z.strictObject({
  kind: z.literal("standard"),
  clip: z.number().gt(0).default(8),
});
export type ScalingConfig = z.output<typeof ScalingConfig>;

/** Strides in the order of the classes. */
export function strideList(config: TrainingConfig): number[] {
  return SIGNALS.map((name) => config.windowStride[name]);
}
