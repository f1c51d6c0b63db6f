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

export interface SoundRows<I extends InputColumn> {
  readonly columns: Readonly<Record<I, Float64Array>>;
  /** the rows in which an input holds no usable number, ascending */
  readonly walls: readonly number[];
}

/**
 * The columns that an indicator reads, all NaN in every row in which one of them holds no usable number.
 * The columns given stay as they are; they are copied only where something must be changed. Those in `sound` are not looked at.
 * @throws UsageError when a column is not there, or two differ in length
 */
export function soundRows<I extends InputColumn>(
  name: string,
  inputs: readonly I[],
  given: InputColumns,
  sound?: ReadonlySet<InputColumn>,
): SoundRows<I> {
  const length = given[inputs[0]!]?.length ?? 0;
  for (const input of inputs) {
    const column: Float64Array | undefined = given[input];
    if (column === undefined)
      throw new UsageError(`${name}: reads the column '${input}', which is not given`);
    if (column.length !== length) {
      throw new UsageError(
        `${name}: '${inputs[0]}' has ${length} rows and '${input}' ${column.length}: they do not belong together`,
      );
    }
  }
  const known = given as Readonly<Record<I, Float64Array>>;
  if (inputs.every((input) => sound?.has(input) || isSound(known[input])))
    return { columns: known, walls: [] };
  const read = inputs.map((input) => known[input]);
  const walls: number[] = [];
  for (let t = 0; t < length; t++) {
    if (!read.every((column) => Math.abs(column[t]!) <= LARGEST)) walls.push(t);
  }
  const copies = read.map((column) => {
    const copy = column.slice();
    for (const t of walls) copy[t] = Number.NaN;
    return copy;
  });
  return { columns: named(inputs, copies), walls };
}

/** The columns that hold a usable number in every row, for who computes many indicators on the same ones. */
export function soundColumns(given: InputColumns): ReadonlySet<InputColumn> {
  return new Set(INPUT_COLUMNS.filter((name) => given[name] !== undefined && isSound(given[name])));
}

/** Four numbers at a time: their sum is small enough where each of them is, and where it is not they are looked at one by one. */
function isSound(column: Float64Array): boolean {
  const length = column.length;
  let t = 0;
  for (; t + 3 < length; t += 4) {
    const sum =
      Math.abs(column[t]!) + Math.abs(column[t + 1]!) + (Math.abs(column[t + 2]!) + Math.abs(column[t + 3]!));
    if (!(sum <= LARGEST)) break;
  }
  for (; t < length; t++) if (!(Math.abs(column[t]!) <= LARGEST)) return false;
  return true;
}

function named<I extends InputColumn>(
  inputs: readonly I[],
  columns: readonly Float64Array[],
): Record<I, Float64Array> {
  return Object.fromEntries(inputs.map((input, i) => [input, columns[i]!])) as Record<I, Float64Array>;
}

/** In place: NaN in each wall and in the `warmUp` rows behind it, and what is infinite becomes NaN. */
export function hideUnknown(column: Float64Array, walls: readonly number[], warmUp: number): void {
  walls.forEach((wall, i) => {
    column.fill(Number.NaN, wall, Math.min(wall + 1 + warmUp, walls[i + 1] ?? column.length));
  });
  // Four at a time: their sum is finite where all of them are, and only the others are looked at one by one.
  const fours = column.length - (column.length % 4);
  for (let t = 0; t < fours; t += 4) {
    const sum =
      Math.abs(column[t]!) + Math.abs(column[t + 1]!) + (Math.abs(column[t + 2]!) + Math.abs(column[t + 3]!));
    if (!(sum < Number.POSITIVE_INFINITY)) hideInfinite(column, t, t + 4);
  }
  hideInfinite(column, fours, column.length);
}

function hideInfinite(column: Float64Array, from: number, to: number): void {
  for (let t = from; t < to; t++) {
    if (Math.abs(column[t]!) === Number.POSITIVE_INFINITY) column[t] = Number.NaN;
  }
}
