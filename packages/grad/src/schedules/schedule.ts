import { GradUsageError } from "../errors.ts";

/** The learning rate of a step; step counts from 0 to totalSteps - 1. */
export type Schedule = (step: number, totalSteps: number) => number;

export const constantRate =
  (rate: number): Schedule =>
  () =>
    rate;

/** Rises linearly over the warm-up, then falls along half a cosine to `floor` (Loshchilov & Hutter 2017). */
export function warmupCosine(options: { peak: number; warmupSteps: number; floor?: number }): Schedule {
  const { peak, warmupSteps, floor = 0 } = options;
  if (!(peak > 0) || !(warmupSteps >= 0))
    throw new GradUsageError("warmupCosine: peak > 0 and warmupSteps >= 0");
  return (step, totalSteps) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
    const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    return floor + ((peak - floor) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}

/**
 * Cosine with warm restarts (SGDR, Loshchilov & Hutter 2017): falls from `peak` to `floor` over a period, starts
 * anew, each period `factor` times as long as the one before.
 */
export function cosineRestarts(options: {
  peak: number;
  periodSteps: number;
  factor?: number;
  floor?: number;
}): Schedule {
  const { peak, periodSteps, factor = 1, floor = 0 } = options;
  if (!(periodSteps >= 1) || !(factor >= 1))
    throw new GradUsageError("cosineRestarts: periodSteps >= 1 and factor >= 1");
  return (step) => {
    let period = periodSteps;
    let at = step;
    while (at >= period) {
      at -= period;
      period *= factor;
    }
    return floor + ((peak - floor) * (1 + Math.cos((Math.PI * at) / period))) / 2;
  };
}
