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

/**
 * Whether a step, counted from 0, is the last of a cycle of `cosineRestarts`, where the rate is lowest: there a snapshot
 * ensemble keeps the weights (Huang et al. 2017, arXiv 1704.00109). `warmupSteps` are those of `withWarmup` around it.
 */
export function endsCycle(options: {
  periodSteps: number;
  factor?: number;
  warmupSteps?: number;
}): (step: number) => boolean {
  const { periodSteps, factor = 1, warmupSteps = 0 } = options;
  if (!(periodSteps >= 1) || !(factor >= 1))
    throw new GradUsageError("endsCycle: periodSteps >= 1 and factor >= 1");
  return (step) => {
    let end = warmupSteps;
    for (let period = periodSteps; end <= step; period *= factor) end += period;
    return step >= warmupSteps && end <= step + 1;
  };
}

/**
 * One cycle over the whole training (Smith & Topin 2018, Super-Convergence), both halves along half a cosine: from
 * `peak · initialFactor` up to `peak` over the first `riseShare` of the steps, then down to `peak · finalFactor` at the
 * last step. Factors 1/25 and 1e-4 and a share of 0.3 unless said.
 */
export function oneCycle(options: {
  peak: number;
  riseShare?: number;
  initialFactor?: number;
  finalFactor?: number;
}): Schedule {
  const { peak, riseShare = 0.3, initialFactor = 1 / 25, finalFactor = 1e-4 } = options;
  if (!(peak > 0) || !(riseShare > 0 && riseShare < 1))
    throw new GradUsageError("oneCycle: peak > 0 and 0 < riseShare < 1");
  if (!(initialFactor > 0 && initialFactor <= 1) || !(finalFactor >= 0 && finalFactor <= 1))
    throw new GradUsageError("oneCycle: 0 < initialFactor <= 1 and 0 <= finalFactor <= 1");
  const between = (from: number, to: number, share: number) =>
    to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;
  return (step, totalSteps) => {
    const last = Math.max(1, totalSteps - 1);
    const top = riseShare * last;
    return step <= top
      ? between(peak * initialFactor, peak, step / top)
      : between(peak, peak * finalFactor, (step - top) / (last - top));
  };
}

/**
 * Any schedule behind a linear warm-up (Goyal et al. 2017, section 2.2): steps 0 … n - 1 rise to the schedule's first
 * rate, step n is its step 0, and it has n steps less in all.
 */
export function withWarmup(schedule: Schedule, warmupSteps: number): Schedule {
  if (!Number.isInteger(warmupSteps) || warmupSteps < 0)
    throw new GradUsageError(
      `withWarmup: the steps have to be a whole number of 0 or more, not ${warmupSteps}`,
    );
  return (step, totalSteps) => {
    const rest = Math.max(1, totalSteps - warmupSteps);
    if (step >= warmupSteps) return schedule(step - warmupSteps, rest);
    return (schedule(0, rest) * (step + 1)) / (warmupSteps + 1);
  };
}
