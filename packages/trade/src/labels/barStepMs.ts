import { DataError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";

/** Enough steps to tell the usual one, few enough that bars added later do not change it. */
const STEPS_READ = 1000;

/**
 * The length of a bar in ms: the median distance of the first thousand times; NaN with fewer than two.
 * @throws DataError when times are not finite or not strictly ascending, naming the row
 */
export function barStepMs(closeTime: Float64Array): number {
  for (let t = 0; t < closeTime.length; t++) {
    const time = closeTime[t]!;
    if (!Number.isFinite(time)) throw new DataError(`row ${t}: '${time}' is not a time`);
    if (t > 0 && time <= closeTime[t - 1]!) {
      throw new DataError(
        `row ${t}: ${isoTime(time)} does not follow ${isoTime(closeTime[t - 1]!)}: times must be strictly ascending`,
      );
    }
  }
  const steps = new Float64Array(Math.max(0, Math.min(closeTime.length - 1, STEPS_READ)));
  for (let i = 0; i < steps.length; i++) steps[i] = closeTime[i + 1]! - closeTime[i]!;
  steps.sort();
  return steps[(steps.length - 1) >>> 1] ?? Number.NaN;
}
