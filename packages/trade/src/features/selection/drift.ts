import { UsageError } from "../../core/errors.ts";

/** How far a column's later rows lie from those that a model was trained on. */
export interface ColumnDrift {
  readonly name: string;
  /** rows with a finite value */
  readonly trainingRows: number;
  readonly laterRows: number;
  /** null where either has no finite value */
  readonly stabilityIndex: number | null;
  /** 0 … 1; null where either has no finite value */
  readonly kolmogorovSmirnov: number | null;
}

/** Deciles: the usual number, and the one that the rules of thumb were made with. */
const BINS = 10;
/** Below 0.1 little, up to 0.25 some, above it a major change: Siddiqi 2006, Credit Risk Scorecards, ch. 9. */
export const STABILITY_LIMITS = { some: 0.1, major: 0.25 } as const;

/**
 * Population stability index by deciles of the training rows and the two-sample Kolmogorov-Smirnov distance, of each
 * column. Both are distances of samples, larger than 0 without any drift: by about (1/n + 1/m) x 9 for the index, and below
 * 1.36 sqrt(1/n + 1/m) in 95 of 100 cases for the distance, of independent rows. Rows of a market are not independent.
 * @throws UsageError when names and columns do not fit each other or a row lies outside
 */
export function drift(
  names: readonly string[],
  columns: readonly Float32Array[],
  training: Int32Array,
  later: Int32Array,
): ColumnDrift[] {
  if (names.length !== columns.length)
    throw new UsageError(`drift: ${names.length} names for ${columns.length} columns`);
  return columns.map((column, f) => {
    const outside = [training, later].flatMap(
      (rows) => rows.find((row) => !(row >= 0 && row < column.length)) ?? [],
    );
    if (outside.length > 0)
      throw new UsageError(
        `drift: row ${outside[0]} is not in column '${names[f]}' of ${column.length} rows`,
      );
    return sortedDrift(names[f]!, sortedFinite(column, training), sortedFinite(column, later));
  });
}

/** The same of one column whose values are sorted already. @param before @param after finite, ascending */
export function sortedDrift(name: string, before: Float32Array, after: Float32Array): ColumnDrift {
  const isKnown = before.length > 0 && after.length > 0;
  return {
    name,
    trainingRows: before.length,
    laterRows: after.length,
    stabilityIndex: isKnown ? indexByDeciles(before, after) : null,
    kolmogorovSmirnov: isKnown ? kolmogorovSmirnov(before, after) : null,
  };
}

/**
 * sum (a - e) ln(a / e) over bins, e and a the shares of the expected and the actual counts (Jeffreys 1946; Lewis 1994,
 * Introduction to Credit Scoring). An empty bin would make it infinite: where either count is 0 both of the bin grow by
 * half a row.
 * @param expected counts by bin, of the training rows
 * @param actual as many
 */
export function stabilityIndex(expected: readonly number[], actual: readonly number[]): number {
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  const [n, m] = [sum(expected), sum(actual)];
  if (expected.length !== actual.length || !(n > 0 && m > 0))
    throw new UsageError(
      `drift: ${expected.length} and ${actual.length} bins of ${n} and ${m} rows cannot be compared`,
    );
  return expected.reduce((total, count, bin) => {
    const found = actual[bin]!;
    if (count === 0 && found === 0) return total;
    const more = count === 0 || found === 0 ? 0.5 : 0;
    const [e, a] = [(count + more) / n, (found + more) / m];
    return total + (a - e) * Math.log(a / e);
  }, 0);
}

/** Bins end at the training rows' deciles; equal values share a bin. */
function indexByDeciles(before: Float32Array, after: Float32Array): number {
  const deciles = Array.from(
    { length: BINS - 1 },
    (_, k) => before[Math.ceil(((k + 1) * before.length) / BINS) - 1]!,
  );
  const ends = [...deciles.filter((end, k) => k === 0 || end !== deciles[k - 1]), Number.POSITIVE_INFINITY];
  const counts = (sorted: Float32Array): number[] => {
    let from = 0;
    return ends.map((end) => {
      const start = from;
      while (from < sorted.length && sorted[from]! <= end) from++;
      return from - start;
    });
  };
  return stabilityIndex(counts(before), counts(after));
}

/** The largest distance of the two empirical distribution functions (Smirnov 1939). @param a @param b ascending */
export function kolmogorovSmirnov(a: Float32Array, b: Float32Array): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= at) i++;
    while (j < b.length && b[j]! <= at) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/** The finite values of a column's rows, ascending. */
export function sortedFinite(column: Float32Array, rows: Int32Array): Float32Array {
  const values = new Float32Array(rows.length);
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i]!]!;
    if (Number.isFinite(value)) values[n++] = value;
  }
  return values.subarray(0, n).sort();
}
