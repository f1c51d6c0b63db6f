import { z } from "zod";
import { DataError, messageOf, UsageError } from "../../core/errors.ts";
import { averageUniqueness, returnAttribution, timeDecay } from "../../labels/index.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { type LabelHistory, spansOfRows } from "./labelHistory.ts";

/** How much each training row weighs in the loss. See `sampleWeights`. */
export const SampleWeightsConfig = z.strictObject({
  /**
   * uniqueness: by the average uniqueness of its label among the training rows' labels; returnAttribution: by how much of the
   * market's move its label has for itself
   */
  by: z.enum(["uniqueness", "returnAttribution"]),
  /**
   * the weight towards which older rows fall, 1 being that of the newest: 0.5 halves the oldest, -0.2 gives the oldest fifth
   * (counted by uniqueness) none. No decay unless given
   */
  timeDecay: z.number().gt(-1).max(1).optional(),
});
export type SampleWeightsConfig = z.output<typeof SampleWeightsConfig>;

/**
 * Weights of the training rows' losses, mean 1 over `rows`; 1 for every other row. With the span of a label from the bar after its
 * row to the one at whose close it is known, and c[t] the labels of the rows, of the same symbol, that span bar t:
 *
 *   uniqueness          mean over the span of 1 / c[t]
 *   returnAttribution   |sum over the span of r[t] / c[t]|, r the log return of the bar; mean 1 over each symbol's rows, so that a
 *                       wild symbol does not outweigh a calm one
 *
 * times, where asked for, a linear decay over the running sum of the uniqueness of all rows in order of time (`timeDecay`). No
 * other rows' labels and no price after a row's own span are read: within a fold, nothing of the other parts goes in.
 *
 * Source: Lopez de Prado 2018, Advances in Financial Machine Learning, 4.3-4.7, snippets 4.1, 4.2, 4.10, 4.11.
 *
 * @param rows ascending; one that occurs twice counts as two labels
 * @returns of the data's length
 * @throws DataError where a row's label has no span or a bar inside one no return; UsageError where closes are asked for and missing
 */
export function sampleWeights(
  config: SampleWeightsConfig,
  history: LabelHistory,
  rows: Int32Array,
): Float32Array {
  const { closeTime, close } = history;
  const weights = new Float32Array(closeTime.length).fill(1);
  const [uniqueness, own] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  const symbols = history.symbols ?? [{ symbol: "", from: 0, to: closeTime.length }];
  let end = 0;
  for (const { symbol, from, to } of symbols) {
    const begin = end;
    while (end < rows.length && rows[end]! < to) end++;
    if (begin === end) continue;
    try {
      const spans = spansOfRows(history, rows.subarray(begin, end), from, to);
      // its running sums may leave a label that is alone a last place above 1
      uniqueness.set(
        averageUniqueness(spans).map((u) => Math.min(1, u)),
        begin,
      );
      if (config.by === "uniqueness") continue;
      if (!close)
        throw new UsageError("returnAttribution needs closing prices, which these data do not have");
      own.set(returnAttribution(spans, close.subarray(from, to)), begin);
    } catch (thrown) {
      const where = `training.sampleWeights: ${symbol === "" ? "" : `${symbol}: `}${messageOf(thrown)}`;
      if (thrown instanceof UsageError) throw new UsageError(where, { cause: thrown });
      if (thrown instanceof DataError) throw new DataError(where, { cause: thrown });
      throw thrown;
    }
  }
  const values = config.by === "uniqueness" ? uniqueness.slice() : own;
  if (config.timeDecay !== undefined) {
    const byTime = Int32Array.from(rows.keys()).sort(
      (a, b) => closeTime[rows[a]!]! - closeTime[rows[b]!]! || a - b,
    );
    const decay = timeDecay(
      Float64Array.from(byTime, (i) => uniqueness[i]!),
      config.timeDecay,
    );
    byTime.forEach((i, at) => {
      values[i]! *= decay[at]!;
    });
  }
  const total = values.reduce((sum, value) => sum + value, 0);
  if (rows.length > 0 && !(total > 0))
    throw new DataError("training.sampleWeights: every training row weighs 0: raise timeDecay");
  rows.forEach((row, i) => {
    weights[row] = (values[i]! * rows.length) / total;
  });
  return weights;
}

/**
 * The same weights with a mean of 1 over the rows of each class: how much a class weighs is the class balance's to say, and what
 * `priorCorrect` takes out of the probabilities again stays what it is without sample weights.
 * @param rows those that `weights` were made for
 * @param classes by row of the data
 * @throws DataError that names a class all of whose rows weigh 0
 */
export function meanOneByClass(weights: Float32Array, rows: Int32Array, classes: Float32Array): Float32Array {
  const [sums, counts] = [new Float64Array(SIGNALS.length), new Float64Array(SIGNALS.length)];
  for (const row of rows) {
    sums[classes[row]!]! += weights[row]!;
    counts[classes[row]!]!++;
  }
  const weightless = counts.findIndex((count, c) => count > 0 && !(sums[c]! > 0));
  if (weightless >= 0)
    throw new DataError(
      `training.sampleWeights: all ${counts[weightless]} training rows of ${SIGNALS[weightless]} weigh 0: raise timeDecay, or weigh by uniqueness`,
    );
  const out = weights.slice();
  for (const row of new Set(rows)) {
    const c = classes[row]!;
    out[row] = (weights[row]! * counts[c]!) / sums[c]!;
  }
  return out;
}
