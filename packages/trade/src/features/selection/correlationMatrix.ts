import { DataError, UsageError } from "../../core/errors.ts";
import { type LongWork, pacer } from "./longWork.ts";

/** Pearson's r of every pair of columns over the same rows. */
export interface CorrelationMatrix {
  readonly names: readonly string[];
  /** rows in which every column has a finite value: only these are read, by all pairs */
  readonly rows: Int32Array;
  readonly mean: Float64Array;
  /** of the population; 0 where the column does not vary */
  readonly deviation: Float64Array;
  /** [F, F] row-major; NaN in the row and column of one that does not vary */
  readonly values: Float64Array;
}

/** Rows centred at a time: F columns of them stay in the cache while every pair is multiplied. */
const BLOCK = 512;
/** Columns of a tile: 4 x 2 running sums fit into the processor's registers. */
const HIGH = 4;
const WIDE = 2;

/**
 * r = sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2), in float64, means first, then centred products block by
 * block. A row in which any column has no finite value is left out of all pairs, so that the matrix is one of a single
 * sample (and no eigenvalue is negative). The same pair gives the same bits wherever its columns stand.
 * Source: Pearson 1895.
 * @param rows ascending; nothing outside them is read
 * @throws DataError when fewer than 3 whole rows are left, naming the column that misses most
 */
export async function correlationMatrix(
  names: readonly string[],
  columns: readonly Float32Array[],
  rows: Int32Array,
  work: LongWork = {},
): Promise<CorrelationMatrix> {
  const whole = wholeRows(names, columns, rows);
  const n = whole.length;
  const F = columns.length;
  const mean = Float64Array.from(columns, (column) => meanOf(column, whole));
  const padded = Math.ceil(F / HIGH) * HIGH;
  const block = new Float64Array(padded * BLOCK);
  const sums = new Float64Array(padded * padded);
  const pace = pacer("correlation", n, work);
  for (let from = 0; from < n; from += BLOCK) {
    const count = Math.min(BLOCK, n - from);
    for (let f = 0; f < F; f++) centre(columns[f]!, whole, from, count, mean[f]!, block, f * BLOCK);
    for (let i = 0; i < padded; i += HIGH) {
      for (let j = i; j < padded; j += WIDE) addTile(block, i, j, count, sums, padded);
    }
    await pace(from + count);
  }
  const deviation = Float64Array.from(columns, (column, f) =>
    varies(column, whole) ? Math.sqrt(sums[f * padded + f]! / n) : 0,
  );
  const values = new Float64Array(F * F);
  for (let i = 0; i < F; i++) {
    for (let j = i; j < F; j++) {
      const scale = deviation[i]! * deviation[j]! * n;
      const r = i === j && scale > 0 ? 1 : sums[i * padded + j]! / scale;
      const bounded = scale > 0 ? Math.max(-1, Math.min(1, r)) : Number.NaN;
      values[i * F + j] = bounded;
      values[j * F + i] = bounded;
    }
  }
  return { names: [...names], rows: whole, mean, deviation, values };
}

/** Rows in which every column is finite. */
function wholeRows(names: readonly string[], columns: readonly Float32Array[], rows: Int32Array): Int32Array {
  if (names.length !== columns.length || names.length === 0)
    throw new UsageError(`selection: ${names.length} names for ${columns.length} columns`);
  const length = Math.min(...columns.map((column) => column.length));
  const outside = rows.find((row) => !(row >= 0 && row < length));
  if (outside !== undefined)
    throw new UsageError(`selection: row ${outside} is not in columns of ${length} rows`);
  const whole = rows.filter((row) => columns.every((column) => Number.isFinite(column[row]!)));
  if (whole.length >= 3) return whole;
  const missing = columns.map((column) =>
    rows.reduce((sum, row) => sum + (Number.isFinite(column[row]!) ? 0 : 1), 0),
  );
  const most = missing.indexOf(Math.max(...missing));
  throw new DataError(
    `selection: ${whole.length} of ${rows.length} rows have a finite value in every column, and 3 are the least; '${names[most]}' misses ${missing[most]}: give more bars, or leave that column out`,
  );
}

function meanOf(column: Float32Array, rows: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += column[rows[i]!]!;
  return sum / rows.length;
}

/** By its values, not by its deviation: rounding gives a constant one as well. */
function varies(column: Float32Array, rows: Int32Array): boolean {
  const first = column[rows[0]!]!;
  return rows.some((row) => column[row] !== first);
}

function centre(
  column: Float32Array,
  rows: Int32Array,
  from: number,
  count: number,
  mean: number,
  into: Float64Array,
  at: number,
): void {
  for (let r = 0; r < count; r++) into[at + r] = column[rows[from + r]!]! - mean;
}

/** Adds the products of columns i … i+3 with j and j+1. */
function addTile(
  x: Float64Array,
  i: number,
  j: number,
  count: number,
  sums: Float64Array,
  width: number,
): void {
  const [a, b, c, d] = [i * BLOCK, (i + 1) * BLOCK, (i + 2) * BLOCK, (i + 3) * BLOCK];
  const [p, q] = [j * BLOCK, (j + 1) * BLOCK];
  let [ap, bp, cp, dp, aq, bq, cq, dq] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let r = 0; r < count; r++) {
    const u = x[p + r]!;
    const v = x[q + r]!;
    const xa = x[a + r]!;
    const xb = x[b + r]!;
    const xc = x[c + r]!;
    const xd = x[d + r]!;
    ap += xa * u;
    aq += xa * v;
    bp += xb * u;
    bq += xb * v;
    cp += xc * u;
    cq += xc * v;
    dp += xd * u;
    dq += xd * v;
  }
  const put = (row: number, first: number, second: number): void => {
    sums[row * width + j]! += first;
    sums[row * width + j + 1]! += second;
  };
  put(i, ap, aq);
  put(i + 1, bp, bq);
  put(i + 2, cp, cq);
  put(i + 3, dp, dq);
}
