import { GradUsageError } from "../errors.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

/** Refuses what no training can be made of, by the name of the field. */
export function checkSpec(spec: TrainingSpec): void {
  const positive = (name: string, value: number, whole = false) => {
    if (!(value > 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
      throw new GradUsageError(`${name} has to be a positive ${whole ? "whole " : ""}number, not ${value}`);
  };
  positive("batch", spec.batch, true);
  positive("input.time", spec.input.time, true);
  positive("input.features", spec.input.features, true);
  positive("clipNorm", spec.clipNorm);
  positive("optimizer.learningRate", spec.optimizer.learningRate);
  if (spec.threads !== undefined) positive("threads", spec.threads, true);
  const { accumulate = 1, averageDecay } = spec;
  positive("accumulate", accumulate, true);
  if (spec.batch % accumulate !== 0)
    throw new GradUsageError(`accumulate: a batch of ${spec.batch} does not divide into ${accumulate} parts`);
  if (averageDecay !== undefined && !(averageDecay > 0 && averageDecay < 1))
    throw new GradUsageError(`averageDecay has to lie between 0 and 1, not ${averageDecay}`);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay } = spec.optimizer;
  for (const [name, beta] of [
    ["beta1", beta1],
    ["beta2", beta2],
  ] as const)
    if (!(beta >= 0 && beta < 1))
      throw new GradUsageError(`optimizer.${name} has to lie in [0, 1), not ${beta}`);
  if (!(epsilon > 0) || !(weightDecay >= 0))
    throw new GradUsageError("optimizer: epsilon > 0 and weightDecay >= 0");
  if (!Number.isSafeInteger(spec.seed))
    throw new GradUsageError(`seed has to be a whole number, not ${spec.seed}`);
}
