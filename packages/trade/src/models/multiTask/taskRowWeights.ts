import type { LabelHistory } from "../training/labelHistory.ts";
import { meanOneByClass, sampleWeights } from "../training/sampleWeights.ts";
import type { MultiTaskTraining } from "./multiTaskConfig.ts";
import type { OutcomeColumns } from "./multiTaskTargets.ts";

/**
 * What each row of the stack weighs, by the names that `taskLosses` reads: mean 1 over `rows`, for a head of classes over those of
 * each class; nothing where the training does not weigh its rows.
 */
export function taskRowWeights(
  { sampleWeights: config }: Pick<MultiTaskTraining, "sampleWeights">,
  {
    stack,
    outcomes,
  }: {
    stack: LabelHistory;
    outcomes: Pick<OutcomeColumns, "direction" | "position">;
  },
  rows: Int32Array,
): Record<string, Float32Array> {
  if (!config) return {};
  const weight = sampleWeights(config, stack, rows);
  return {
    weight,
    directionWeight: meanOneByClass(weight, rows, outcomes.direction),
    positionWeight: meanOneByClass(weight, rows, outcomes.position),
  };
}
