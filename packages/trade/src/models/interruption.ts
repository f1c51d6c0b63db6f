import type { FitOptions } from "@orion/grad";
import type { FitContext } from "./model.ts";

/** How a fit can be stopped and gone on with, in the engine's terms. */
export function interruptionOf({
  signal,
  checkpoint,
}: FitContext): Pick<FitOptions, "fingerprint" | "signal" | "checkpoint" | "resume"> {
  return {
    fingerprint: checkpoint?.fingerprint ?? "",
    ...(signal ? { signal } : {}),
    ...(checkpoint
      ? { checkpoint: { everySeconds: checkpoint.everySeconds ?? 60, save: checkpoint.save } }
      : {}),
    ...(checkpoint?.resume ? { resume: checkpoint.resume } : {}),
  };
}
