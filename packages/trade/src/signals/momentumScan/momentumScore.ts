import type { MeasureRow } from "./momentumMeasures.ts";
import type { ScanOptions } from "./scanOptions.ts";
import { TREND_CLASSES } from "./trendClass.ts";

/**
 * Momentum score, 0 to 100: the sum over the measures m of w_m u_m, where the weights w sum to 100 and each u grows with its
 * measure from 0 at the lower bound a to 1 at the upper bound b and stays there beyond them:
 *
 * | measure | weight | a | b | u |
 * | --- | --- | --- | --- | --- |
 * | rsi | 20 | 40 | 80 | (x - a) / (b - a) |
 * | rvol | 25 | 1 | 10 | ln(x / a) / ln(b / a) |
 * | percentChange | 20 | 0 % | 10 % | (x - a) / (b - a) |
 * | trend | 15 | down | strong | 0 down, 1/3 weak, 2/3 moderate, 1 strong |
 * | gap | 5 | 0 | 0.05 | (x - a) / (b - a) |
 * | dollarVolume | 5 | 1e6 | 1e9 | ln(x / a) / ln(b / a) |
 * | distanceTo52WeekHigh | 10 | -0.3 | 0 | (x - a) / (b - a) |
 *
 * Weights and bounds are these unless the options say others. Rounded to 1e-6, so that the last bits of an average decide
 * no rank. NaN when any measure is not a finite number.
 */
export function momentumScore(row: MeasureRow, { weights, bounds }: ScanOptions): number {
  const sum =
    weights.rsi * linear(row.rsi, bounds.rsi) +
    weights.rvol * logarithmic(row.rvol, bounds.rvol) +
    weights.percentChange * linear(row.percentChange, bounds.percentChange) +
    weights.trend * linear(row.trend, [0, TREND_CLASSES.length - 1]) +
    weights.gap * linear(row.gap, bounds.gap) +
    weights.dollarVolume * logarithmic(row.dollarVolume, bounds.dollarVolume) +
    weights.distanceTo52WeekHigh * linear(row.distanceTo52WeekHigh, bounds.distanceTo52WeekHigh);
  return Math.round(sum * 1e6) / 1e6;
}

function linear(x: number, [from, to]: readonly [number, number]): number {
  return Number.isFinite(x) ? Math.min(1, Math.max(0, (x - from) / (to - from))) : Number.NaN;
}

function logarithmic(x: number, [from, to]: readonly [number, number]): number {
  return Number.isFinite(x) ? Math.min(1, Math.max(0, Math.log(x / from) / Math.log(to / from))) : Number.NaN;
}
