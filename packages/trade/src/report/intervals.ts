import { normalQuantile } from "../core/normalQuantile.ts";
import type { Random } from "../core/random.ts";

/** A 95 % confidence interval. A side that is null is unbounded or cannot be estimated. */
export interface Interval {
  readonly low: number | null;
  readonly high: number | null;
  readonly level: 0.95;
  readonly method: string;
  /** how many observations it rests on, and of what */
  readonly n: number;
  readonly unit: "trades" | "days" | "periods";
  readonly standardError?: number;
}

const Z = normalQuantile(0.975);

/** Wilson's score interval of a share of `successes` among `n`. Wilson (1927). null for n = 0. */
export function wilsonInterval(successes: number, n: number): Interval | null {
  if (n === 0) return null;
  const share = successes / n;
  const scale = 1 + Z ** 2 / n;
  const centre = (share + Z ** 2 / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  return {
    low: Math.max(0, centre - half),
    high: Math.min(1, centre + half),
    level: 0.95,
    method: "Wilson score",
    n,
    unit: "trades",
  };
}

/** value ± 1.96 standard errors. */
export function normalInterval(
  value: number,
  standardError: number,
  n: number,
  unit: Interval["unit"],
  method: string,
): Interval {
  return {
    low: value - Z * standardError,
    high: value + Z * standardError,
    level: 0.95,
    method,
    n,
    unit,
    standardError,
  };
}

/**
 * The 2.5 % and 97.5 % percentiles (nearest rank) of resampled values. An infinite percentile is null.
 * @param draws sorted in place; NaN (undefined in that draw) left out
 */
export function percentileInterval(
  draws: readonly number[],
  n: number,
  unit: Interval["unit"],
  method: string,
): Interval | null {
  const sorted = draws.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (p: number): number | null => {
    const value = percentile(sorted, p);
    return Number.isFinite(value) ? value : null;
  };
  return { low: at(0.025), high: at(0.975), level: 0.95, method, n, unit };
}

/** Nearest rank: the smallest value that at least the share `p` does not exceed. @param sorted ascending */
export function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))]!;
}

/** Rows drawn independently with replacement: Efron's bootstrap. */
export function drawRows(into: Int32Array, random: Random): Int32Array {
  for (let i = 0; i < into.length; i++) into[i] = random.below(into.length);
  return into;
}

/**
 * Rows drawn in blocks of geometric length with mean n^(1/3), running round at the end: keeps what neighbouring days
 * have in common. Politis and Romano, The Stationary Bootstrap (1994).
 */
export function drawBlocks(into: Int32Array, random: Random): Int32Array {
  const n = into.length;
  const restart = 1 / Math.max(1, Math.cbrt(n));
  let row = random.below(n);
  for (let i = 0; i < n; i++) {
    if (i > 0) row = random.next() < restart ? random.below(n) : (row + 1) % n;
    into[i] = row;
  }
  return into;
}
