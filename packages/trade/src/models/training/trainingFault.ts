import { UsageError } from "../../core/errors.ts";
import type { ScheduleConfig } from "./trainingKeys.ts";

/** Keys of a training that have to fit one another. */
export interface TrainingChoice {
  readonly batch: number;
  readonly accumulate?: number | undefined;
  readonly warmupSteps?: number | undefined;
  readonly schedule?: ScheduleConfig | undefined;
  readonly restarts?: object | undefined;
}

/** The first key that does not fit the others, and why. */
export function trainingFault(training: TrainingChoice): { key: string; message: string } | undefined {
  const { batch, accumulate = 1, warmupSteps = 0, schedule, restarts } = training;
  if (batch % accumulate !== 0)
    return { key: "accumulate", message: `a batch of ${batch} does not divide into ${accumulate} parts` };
  if (schedule && restarts)
    return { key: "restarts", message: "write the cycles into `schedule` (cosineRestarts), not beside it" };
  if (schedule?.kind === "oneCycle" && warmupSteps > 0)
    return {
      key: "warmupSteps",
      message: `oneCycle rises by itself: ${warmupSteps} steps of warm-up have no place before it, write 0`,
    };
  return undefined;
}

/** @throws UsageError that names the key */
export function checkTraining(training: TrainingChoice): void {
  const fault = trainingFault(training);
  if (fault) throw new UsageError(`training.${fault.key}: ${fault.message}`);
}
