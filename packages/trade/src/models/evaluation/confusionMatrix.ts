import { DataError } from "../../core/errors.ts";

/**
 * Counts [K][K]: first index the actual class, second the predicted one.
 * @throws DataError for a class that is not a whole number from 0 to K-1, or columns of different lengths
 */
export function confusionMatrix(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  if (actual.length !== predicted.length) {
    throw new DataError(`evaluation: ${actual.length} actual classes and ${predicted.length} predictions`);
  }
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < actual.length; i++) {
    const row = counts[requireClass(actual[i]!, classes, "actual", i)]!;
    const column = requireClass(predicted[i]!, classes, "predicted", i);
    row[column] = row[column]! + 1;
  }
  return counts;
}

/** @throws DataError unless `value` is a class index */
export function requireClass(value: number, classes: number, what: string, row: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= classes) {
    throw new DataError(
      `evaluation: the ${what} class of row ${row} is ${value}, not one of 0 to ${classes - 1}`,
    );
  }
  return value;
}
