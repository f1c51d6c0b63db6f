import { UsageError } from "../../core/errors.ts";
import { isFiniteNumber } from "./finite.ts";
import { FLAT } from "./flat.ts";
import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";
import { rollingMoments } from "./rollingMoments.ts";

export interface BollingerBands {
  readonly middle: Float64Array;
  readonly upper: Float64Array;
  readonly lower: Float64Array;
  /** where the close stands between the bands: 0 at the lower, 1 at the upper */
  readonly percentB: Float64Array;
  /** (upper - lower) / middle, a fraction */
  readonly width: Float64Array;
}

/**
 * Bollinger bands, default 20 bars and 2 deviations:
 *   middle = SMA(close, n),  upper, lower = middle +- k s,  s the deviation of the population (division by n),
 *   percentB = (close - lower) / (upper - lower),  width = (upper - lower) / middle.
 * NaN before row n-1. Where the price stood still (s below 1e-9 of it) percentB is 0.5: it lies on the middle.
 *
 * Source: Bollinger, Bollinger on Bollinger Bands, 2002. TA-Lib, TradingView and StockCharts divide by n too;
 * pandas' default deviation divides by n-1 and is 2.6 % wider at 20 bars.
 */
export function bollinger(close: Float64Array, period = 20, deviations = 2): BollingerBands {
  requirePeriod(period, "bollinger");
  if (!(deviations > 0 && Number.isFinite(deviations))) {
    throw new UsageError(`bollinger: ${deviations} deviations are not possible: give a number > 0`);
  }
  const length = close.length;
  const { mean: middle, deviation } = rollingMoments(close, period, 0);
  // The deviation is not shown: its column becomes the upper band.
  const upper = deviation;
  const lower = rawColumn(length);
  const percentB = rawColumn(length);
  const width = rawColumn(length);
  for (let t = 0; t < length; t++) {
    const flat = deviation[t]! <= FLAT * Math.abs(middle[t]!);
    const half = deviations * deviation[t]!;
    if (!isFiniteNumber(Math.abs(middle[t]!) + 2 * half)) {
      middle[t] = upper[t] = lower[t] = percentB[t] = width[t] = Number.NaN;
      continue;
    }
    upper[t] = middle[t]! + half;
    lower[t] = middle[t]! - half;
    percentB[t] = flat ? 0.5 : 0.5 + (close[t]! - middle[t]!) / (2 * half);
    width[t] = middle[t]! > 0 ? (2 * half) / middle[t]! : Number.NaN;
  }
  return { middle, upper, lower, percentB, width };
}
