import { UsageError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { Interval } from "./intervals.ts";

export interface BlockBootstrap {
  /** 2.5 % and 97.5 % points of the draws (nearest rank) */
  readonly interval: Interval;
  /** standard deviation of the draws */
  readonly standardError: number;
  readonly draws: number;
}

/** So many blocks at least: an interval of fewer would rest on a handful of observations. */
const LEAST_BLOCKS = 8;

/**
 * Rows of a block: as many as share an outcome, and no fewer than n^(1/3), the rate at which blocks have to grow for the
 * interval of a mean (Hall, Horowitz and Jing 1995), since errors of neighbouring rows are alike beyond their outcome.
 */
export function blockLength(rows: number, overlap: number): number {
  return Math.max(1, Math.ceil(overlap), Math.ceil(Math.cbrt(rows) - 1e-9));
}

/**
 * Interval of a statistic of rows in time's order by the circular block bootstrap (Politis and Romano 1992): draws of
 * rows in blocks of `block`, each from a place drawn at random, running round at the end, the last cut to make n rows.
 * The statistic reads sums of columns over the drawn rows; paired rows stay paired.
 * @param columns [n] each
 * @returns null with fewer than 8 blocks
 */
export function blockBootstrap(
  columns: readonly ArrayLike<number>[],
  statistic: (sums: Float64Array, rows: number) => number,
  { block, seed, draws = 2000 }: { block: number; seed: number; draws?: number },
): BlockBootstrap | null {
  if (!Number.isInteger(block) || block < 1)
    throw new UsageError(`evaluation: blocks of ${block} rows are not possible: give 1 or more`);
  const n = columns[0]?.length ?? 0;
  if (columns.some((column) => column.length !== n))
    throw new UsageError("evaluation: the columns of a bootstrap have to be of the same rows");
  if (n < LEAST_BLOCKS * block) return null;
  // sums up to each row, the rows twice over: a block is the difference of two of them
  const upTo = columns.map((column) => {
    const sums = new Float64Array(2 * n + 1);
    for (let i = 0; i < 2 * n; i++) sums[i + 1] = sums[i]! + column[i % n]!;
    return sums;
  });
  const random = seededRandom(seed);
  const sums = new Float64Array(columns.length);
  const found = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    sums.fill(0);
    for (let rows = 0; rows < n; rows += block) {
      const from = random.below(n);
      const to = from + Math.min(block, n - rows);
      for (let c = 0; c < sums.length; c++) sums[c]! += upTo[c]![to]! - upTo[c]![from]!;
    }
    found[d] = statistic(sums, n);
  }
  const mean = found.reduce((a, b) => a + b, 0) / draws;
  const variance = found.reduce((s, v) => s + (v - mean) ** 2, 0) / (draws - 1);
  const sorted = found.sort();
  const at = (share: number): number => sorted[Math.min(draws - 1, Math.ceil(share * draws) - 1)]!;
  return { interval: { low: at(0.025), high: at(0.975) }, standardError: Math.sqrt(variance), draws };
}
