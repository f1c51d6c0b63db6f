import type { FitOptions } from "@orion/grad";
import type { FitContext } from "./model.ts";

/**
 * How a fit can be stopped and gone on with, in the engine's terms. What the run says of the checkpoints' cadence wins over
 * the recipe's `checkpointMinutes`.
 */
export function interruptionOf(
  { signal, checkpoint }: FitContext,
  checkpointMinutes = 1,
): Pick<FitOptions, "fingerprint" | "signal" | "checkpoint" | "resume"> {
  return {
    fingerprint: checkpoint?.fingerprint ?? "",
    ...(signal ? { signal } : {}),
    ...(checkpoint
      ? {
          checkpoint: {
            everySeconds: checkpoint.everySeconds ?? 60 * checkpointMinutes,
            save: checkpoint.save,
          },
        }
      : {}),
    ...(checkpoint?.resume ? { resume: checkpoint.resume } : {}),
  };
}
