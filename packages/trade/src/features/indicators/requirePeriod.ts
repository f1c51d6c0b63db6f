import { UsageError } from "../../core/errors.ts";

/** @throws UsageError unless `period` is a whole number of bars of at least `least` */
export function requirePeriod(period: number, kernel: string, least = 1): void {
  if (!Number.isSafeInteger(period) || period < least) {
    throw new UsageError(
      `${kernel}: a period of ${period} bars is not possible: give a whole number >= ${least}`,
    );
  }
}

/** @throws UsageError unless all columns are as long as the first */
export function requireSameLength(
  kernel: string,
  first: Float64Array,
  ...others: readonly Float64Array[]
): void {
  for (const other of others) {
    if (other.length !== first.length) {
      throw new UsageError(
        `${kernel}: columns of ${first.length} and ${other.length} rows do not belong together`,
      );
    }
  }
}
