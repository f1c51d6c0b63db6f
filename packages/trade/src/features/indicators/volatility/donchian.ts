import { z } from "zod";
import { rawColumn } from "../newColumn.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax, rollingMin } from "../rollingExtreme.ts";
import { placeInRange } from "../stochastic.ts";

export interface DonchianChannels {
  readonly upper: Float64Array;
  readonly lower: Float64Array;
  readonly middle: Float64Array;
  /** where the close stands in the channel: 0 at the lower, 1 at the upper */
  readonly position: Float64Array;
  /** (upper - lower) / middle, a fraction */
  readonly width: Float64Array;
}

/**
 * Donchian channels, default 20: upper = highest high, lower = lowest low of the last n bars, middle their mean,
 * position = (close - lower) / (upper - lower), 0.5 where nothing moved; width = (upper - lower) / middle. NaN before row n-1.
 *
 * Source: Donchian, "High finance in copper", Financial Analysts Journal 16:6, 1960. The current bar counts, as in TradingView
 * and in Tulip; a rule of breakout compares with the row before, as StockCharts and the Turtles do.
 */
export function donchian(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 20,
): DonchianChannels {
  const upper = rollingMax(high, period);
  const lower = rollingMin(low, period);
  const length = upper.length;
  const middle = rawColumn(length);
  const position = rawColumn(length);
  const width = rawColumn(length);
  for (let t = 0; t < length; t++) {
    const top = upper[t]!;
    const bottom = lower[t]!;
    const m = (top + bottom) / 2;
    middle[t] = m;
    position[t] = placeInRange(close[t]!, bottom, top);
    width[t] = m > 0 ? (top - bottom) / m : Number.NaN;
  }
  return { upper, lower, middle, position, width };
}

export const donchianIndicator = indicator({
  name: "donchian",
  aliases: ["dc"],
  title: "Donchian channels",
  formula:
    "upper = max(high, n bars), lower = min(low, n bars), middle = (upper + lower)/2, position = (close - lower)/(upper - lower), width = (upper - lower)/middle",
  source: "Donchian, Financial Analysts Journal 16:6, 1960",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({
    upper: period - 1,
    lower: period - 1,
    middle: period - 1,
    position: period - 1,
    width: period - 1,
  }),
  lookback: ({ period }) => period - 1,
  compute: ({ high, low, close }, { period }) => ({ ...donchian(high, low, close, period) }),
});
