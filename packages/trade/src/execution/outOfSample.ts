import { RefusedError, UsageError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";

/** Close times (ms UTC) of the first and the last bar; both belong to it. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export function rangesTouch(a: TimeRange, b: TimeRange): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/**
 * Lets a run begin only on bars that its model has not learned from.
 * @param range the bars to be traded
 * @param training what the model learned from, validation and the future that its labels looked at included
 * @throws RefusedError (exit code 4) when the two touch and `inSample` is not said; UsageError for a range that runs
 * backwards
 */
export function assertOutOfSample(range: TimeRange, training: TimeRange, inSample: boolean): void {
  for (const [name, { from, to }] of [
    ["the range", range],
    ["the training range", training],
  ] as const) {
    if (!(from <= to)) throw new UsageError(`${name} ends before it begins (${from} to ${to})`);
  }
  if (inSample || !rangesTouch(range, training)) return;
  throw new RefusedError(
    `backtest ${isoTime(range.from)} to ${isoTime(range.to)} touches the model's training range ` +
      `${isoTime(training.from)} to ${isoTime(training.to)}: begin after ${isoTime(training.to)}, ` +
      "or say --in-sample to see it anyway, marked as such",
  );
}
