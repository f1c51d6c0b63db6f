import {
  constantRate,
  cosineRestarts,
  endsCycle,
  oneCycle,
  type Schedule,
  warmupCosine,
  withWarmup,
} from "@orion/grad";
import type { ScheduleConfig } from "./trainingKeys.ts";

export interface SchedulePlan {
  readonly schedule: Schedule;
  /** whether a step, counted from 0, is the last of a cycle; only where the rate restarts */
  readonly endsCycle?: (step: number) => boolean;
}

/** A recipe's schedule in steps. @param epochSteps steps of an epoch of all training rows */
export function schedulePlan(
  config: ScheduleConfig,
  { learningRate, warmupSteps = 0 }: { learningRate: number; warmupSteps?: number | undefined },
  epochSteps: number,
): SchedulePlan {
  // a tenth as a division: the product by 0.1 is another number in its last place
  const floorOf = (floor: number): number => learningRate / (1 / floor);
  switch (config.kind) {
    case "constant":
      return { schedule: withWarmup(constantRate(learningRate), warmupSteps) };
    case "cosine":
      return { schedule: warmupCosine({ peak: learningRate, warmupSteps, floor: floorOf(config.floor) }) };
    case "oneCycle": {
      const { kind: _kind, ...shape } = config;
      return { schedule: oneCycle({ peak: learningRate, ...shape }) };
    }
    case "cosineRestarts": {
      const periodSteps = Math.max(1, Math.round(config.firstCycleEpochs * epochSteps));
      const { factor } = config;
      const restarts = cosineRestarts({
        peak: learningRate,
        periodSteps,
        factor,
        floor: floorOf(config.floor),
      });
      return {
        schedule: withWarmup(restarts, warmupSteps),
        endsCycle: endsCycle({ periodSteps, factor, warmupSteps }),
      };
    }
  }
}
