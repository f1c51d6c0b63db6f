import { DataError } from "../../core/errors.ts";
import { logLosses } from "../evaluation/probabilityScores.ts";
import { type OutOfFoldOptions, outOfFold } from "../tabular/outOfFold.ts";
import type { TabularContext, TabularData, TabularModel } from "../tabular/tabularModel.ts";
import type { PurgedFold } from "../validation/purgedKFold.ts";

/**
 * The objective of a search: mean log loss of classes, mean squared error of values, of each row by the purged fold's model
 * that has not seen it or its future; rows count by their weights. Lower is better.
 */
export async function purgedLoss(
  model: TabularModel,
  data: TabularData,
  folds: readonly PurgedFold[],
  context: TabularContext,
  options: OutOfFoldOptions = {},
): Promise<number> {
  const { predictions, fold, outputs } = await outOfFold(model, data, folds, context, options);
  const { target, weights } = data;
  const K = outputs.length;
  let [sum, total] = [0, 0];
  fold.forEach((k, i) => {
    if (k < 0) return;
    const w = weights?.[i] ?? 1;
    const told = predictions.subarray(i * K, (i + 1) * K);
    sum +=
      w *
      (target.kind === "classes" ? logLosses([target.y[i]!], told, K)[0]! : (target.y[i]! - told[0]!) ** 2);
    total += w;
  });
  if (!(total > 0)) throw new DataError("search: the folds hold no rows of any weight");
  return sum / total;
}
