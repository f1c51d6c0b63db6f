import { FLAT } from "../../features/indicators/flat.ts";

/** From the weakest to the strongest. */
export const TREND_CLASSES = ["down", "weak", "moderate", "strong"] as const;
export type TrendClass = (typeof TREND_CLASSES)[number];

/**
 * The trend's class as its place in `TREND_CLASSES`, from the close c, the fast and the slow exponential average f and s, and both
 * `slope` bars before (f', s'); by default averages of 20 and 50 bars over 5 bars:
 *
 * - 3 strong: c > f > s, f > f' and s > s'
 * - 2 moderate: f > s and s > s', but not strong
 * - 1 weak: f > s, but the slow average does not rise
 * - 0 down: f <= s
 *
 * "Above" means by more than 1e-9 of the lower one, so that rounding makes no trend. NaN where one of them is.
 */
export function trendClass(
  close: number,
  fast: number,
  slow: number,
  fastBefore: number,
  slowBefore: number,
): number {
  if (!Number.isFinite(close + fast + slow + fastBefore + slowBefore)) return Number.NaN;
  if (!isAbove(fast, slow)) return 0;
  if (!isAbove(slow, slowBefore)) return 1;
  return isAbove(close, fast) && isAbove(fast, fastBefore) ? 3 : 2;
}

function isAbove(a: number, b: number): boolean {
  return a - b > FLAT * Math.abs(b);
}
