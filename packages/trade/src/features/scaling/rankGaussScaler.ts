import { z } from "zod";
import { normalQuantile } from "../../core/normalQuantile.ts";
import { checkScaling, DEFAULT_CLIP, sortedValues } from "./scaledColumn.ts";

const table = z
  .strictObject({
    /** values of the column, strictly ascending */
    values: z.array(z.number()).min(1),
    /** the normal score of each, strictly ascending */
    scores: z.array(z.number()).min(1),
  })
  .refine(
    ({ values, scores }) => values.length === scores.length && isAscending(values) && isAscending(scores),
    {
      message: "a quantile table needs as many scores as values, both strictly ascending",
    },
  );

export const rankGaussScalerSchema = z.strictObject({
  kind: z.literal("rankGauss"),
  names: z.array(z.string()),
  tables: z.array(table),
  clip: z.number().positive().nullable(),
  constant: z.array(z.string()),
});
export type RankGaussScaler = z.output<typeof rankGaussScalerSchema>;
export type QuantileTable = z.output<typeof table>;

/** Knots of a table, evenly spaced in score; values that many rows share bring their neighbours beside them. */
const KNOTS = 256;

/**
 * The normal score of each value's rank among `rows` alone (van der Waerden 1952): z = Phi^-1((r - 1/2) / n), r the mean
 * rank (from 1) of equal values. Whatever the distribution was, the training rows' is normal; a value beyond their range
 * takes the score of its end.
 *
 * What is stored is a table of at most some 256 of the distinct values, even in score so that the tails keep theirs, with
 * straight lines between: a value's score lies within one step (the range of scores / 255) of the exact one.
 * @throws as `fitStandardScaler`
 */
export function fitRankGaussScaler(
  names: readonly string[],
  columns: readonly Float32Array[],
  rows: ArrayLike<number>,
  clip: number | null = DEFAULT_CLIP,
): RankGaussScaler {
  checkScaling(names, columns, clip);
  const tables = columns.map((column, f) => quantileTable(sortedValues(names[f]!, column, rows)));
  return {
    kind: "rankGauss",
    names: [...names],
    tables,
    clip,
    constant: names.filter((_, f) => tables[f]!.values.length === 1),
  };
}

/** @param sorted ascending */
export function quantileTable(sorted: Float32Array): QuantileTable {
  const n = sorted.length;
  const values: number[] = [];
  const scores: number[] = [];
  const shares: number[] = [];
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && sorted[to] === sorted[from]) to++;
    // -0 and 0 are one value
    values.push(sorted[from]! + 0);
    scores.push(normalQuantile((from + to) / 2 / n));
    shares.push((to - from) / n);
    from = to;
  }
  const last = values.length - 1;
  if (last < KNOTS) return { values, scores };
  const step = (scores[last]! - scores[0]!) / (KNOTS - 1);
  const keep = new Uint8Array(values.length);
  let next = scores[0]!;
  for (let i = 0; i <= last; i++) {
    if (scores[i]! >= next || i === last) {
      keep[i] = 1;
      next = Math.max(next + step, scores[i]!);
    }
    // a line drawn across a gap in the scores would give its neighbours scores that none of them has
    if (shares[i]! * KNOTS > 1) keep.fill(1, Math.max(0, i - 1), i + 2);
  }
  const kept = (list: readonly number[]): number[] => list.filter((_, i) => keep[i] === 1);
  return { values: kept(values), scores: kept(scores) };
}

/** Reads a strictly ascending line of knots at `x`: straight between them, level beyond its ends. */
export function interpolate(from: readonly number[], to: readonly number[], x: number): number {
  const last = from.length - 1;
  if (!(x > from[0]!)) return Number.isNaN(x) ? Number.NaN : to[0]!;
  if (x >= from[last]!) return to[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (from[middle]! <= x) low = middle;
    else high = middle;
  }
  const share = (x - from[low]!) / (from[high]! - from[low]!);
  return to[low]! + share * (to[high]! - to[low]!);
}

function isAscending(list: readonly number[]): boolean {
  return list.every((value, i) => i === 0 || value > list[i - 1]!);
}
