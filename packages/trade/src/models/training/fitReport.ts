import type { FitProgress, FitResult } from "@orion/grad";
import type { FitSummary, FitUpdate } from "../model.ts";
import { classScores } from "./classScores.ts";

/** What the engine tells of a step, for those who watch. @param head whose classes are scored, as `classParts` prefixes them */
export function fitUpdate(p: FitProgress, head = ""): FitUpdate {
  return {
    stage: "training",
    done: p.stepsDone,
    total: p.stepsTotal,
    secondsLeft: p.secondsLeft,
    epoch: p.epoch,
    epochs: p.epochs,
    epochsDone: p.epoch - 1 + p.step / p.stepsPerEpoch,
    step: p.stepsDone,
    steps: p.stepsTotal,
    loss: p.loss,
    accuracy: p.metrics.accuracy ?? null,
    balancedAccuracy: classScores(p.validation ?? p.metrics, head)?.balancedAccuracy ?? null,
    learningRate: p.learningRate,
    windowsPerSecond: p.windowsPerSecond,
    gflops: p.gflops,
    validationLoss: p.validation?.loss ?? null,
  };
}

/** A fit as it went. Losses before and after are over the validation rows, as the caller counts them. */
export function fitSummary(
  result: FitResult,
  { windows, lossBefore, lossAfter }: Pick<FitSummary, "windows" | "lossBefore" | "lossAfter">,
): FitSummary {
  return {
    epochs: result.epochs,
    bestEpoch: result.bestEpoch ?? 0,
    stoppedEarly: result.stoppedEarly,
    aborted: result.aborted,
    windows,
    windowsPerSecond: result.windowsPerSecond,
    gflops: result.gflops,
    ...(result.engineIdleShare === null ? {} : { engineIdleShare: result.engineIdleShare }),
    lossBefore,
    lossAfter,
    history: result.history.map((h) => ({
      epoch: h.epoch,
      loss: h.loss,
      validationLoss: h.validation.loss!,
    })),
  };
}
