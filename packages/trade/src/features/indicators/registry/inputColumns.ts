import { UsageError } from "../../../core/errors.ts";

/** What an indicator can read, one number a bar. */
export const INPUT_COLUMNS = [
  /** ms UTC, when the bar closes */
  "time",
  "open",
  "high",
  "low",
  "close",
  /** traded in the bar, in units of the instrument */
  "volume",
  /** the funding rate that was last settled, a fraction */
  "funding",
  /** contracts that are open, in units of the instrument */
  "openInterest",
  /** close of the mark price, or of the future's underlying */
  "mark",
  /** close of a market index on the same clock */
  "benchmark",
] as const;
export type InputColumn = (typeof INPUT_COLUMNS)[number];

export type InputColumns = Readonly<Partial<Record<InputColumn, Float64Array>>>;

/** No price, amount or time of a market is as large; its fourth power is still finite, so that no average overflows. */
const LARGEST = 1e60;

/**
 * The columns that an indicator reads, all NaN in every row in which one of them holds no usable number.
 * The columns themselves stay as they are; they are copied only where something must be changed.
 * @throws UsageError when a column is not there, or two differ in length
 */
export function soundRows<I extends InputColumn>(
  name: string,
  inputs: readonly I[],
  columns: InputColumns,
): Record<I, Float64Array> {
  const read = inputs.map((input) => {
    const column: Float64Array | undefined = columns[input];
    if (column === undefined)
      throw new UsageError(`${name}: reads the column '${input}', which is not given`);
    return column;
  });
  const length = read[0]?.length ?? 0;
  inputs.forEach((input, i) => {
    if (read[i]!.length !== length) {
      throw new UsageError(
        `${name}: '${inputs[0]}' has ${length} rows and '${input}' ${read[i]!.length}: they do not belong together`,
      );
    }
  });
  let copied = false;
  for (let c = 0; c < read.length; c++) {
    const column = read[c]!;
    for (let t = 0; t < length; t++) {
      if (Math.abs(column[t]!) <= LARGEST) continue;
      if (!copied) for (let i = 0; i < read.length; i++) read[i] = read[i]!.slice();
      copied = true;
      for (const other of read) other[t] = Number.NaN;
    }
  }
  return Object.fromEntries(inputs.map((input, i) => [input, read[i]!])) as Record<I, Float64Array>;
}

/** Makes what is infinite NaN, in place. */
export function finiteOrNaN(column: Float64Array): void {
  for (let t = 0; t < column.length; t++) {
    if (Math.abs(column[t]!) === Number.POSITIVE_INFINITY) column[t] = Number.NaN;
  }
}
