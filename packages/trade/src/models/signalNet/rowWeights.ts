import { UsageError } from "../../core/errors.ts";
import type { Dataset } from "../model.ts";
import { meanOneByClass, type SampleWeightsConfig, sampleWeights } from "../training/sampleWeights.ts";
import { withClassShares } from "../training/sequentialBag.ts";
import type { TrainingConfig } from "./signalNetConfig.ts";

/**
 * What each row of the data weighs in the loss, by `training.sampleWeights`: mean 1 over the rows of each class among `rows`, and
 * 1 for all others; undefined where the training does not weigh its rows.
 * @param rows the windows that are trained on, ascending: labels are concurrent among these
 * @param drawnFrom the windows of which `rows` is a bag, if it is one: each class then weighs in sum what it does among these
 * @throws UsageError where the data do not say when a label is known
 */
export function rowWeights(
  { sampleWeights: config }: Pick<TrainingConfig, "sampleWeights">,
  { features, classes, history }: Pick<Dataset, "features" | "classes" | "history">,
  rows: Int32Array,
  drawnFrom?: Int32Array,
): Float32Array | undefined {
  const own = config ? ownWeights(config) : undefined;
  if (!drawnFrom) return own;
  return withClassShares(own ?? new Float32Array(classes.length).fill(1), rows, drawnFrom, classes);

  function ownWeights(by: SampleWeightsConfig): Float32Array {
    if (!history)
      throw new UsageError("training.sampleWeights: these data do not say when each row's label is known");
    const weights = sampleWeights(by, { closeTime: features.closeTime, ...history }, rows);
    return meanOneByClass(weights, rows, classes);
  }
}
