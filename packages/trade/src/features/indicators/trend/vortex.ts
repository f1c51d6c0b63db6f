import { z } from "zod";
import { FLAT } from "../flat.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";
import { trueMoveRange } from "../trueMove.ts";

/**
 * Vortex indicator, default 14: plus = sum of |high[t] - low[t-1]| / sum of TR, minus = sum of |low[t] - high[t-1]| / sum of TR, the sums
 * over n bars, TR the true range. NaN before row n. 1 and 1 where nothing moved: neither side leads.
 * Source: Botes and Siepman, Stocks & Commodities 28:1, 2010. The same in StockCharts and TradingView.
 */
export function vortex(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 14,
  once: Once = anew,
): { plus: Float64Array; minus: Float64Array } {
  const length = close.length;
  const plus = rawColumn(length);
  const minus = rawColumn(length);
  plus.fill(Number.NaN, 0, 1);
  minus.fill(Number.NaN, 0, 1);
  for (let t = 1; t < length; t++) {
    plus[t] = Math.abs(high[t]! - low[t - 1]!);
    minus[t] = Math.abs(low[t]! - high[t - 1]!);
  }
  const range = rollingSum(once(trueMoveRange, high, low, close), period);
  for (const column of [plus, minus]) rollingSum(column, period, column);
  for (let t = 0; t < length; t++) {
    const still = range[t]! <= FLAT * Math.abs(close[t]!);
    plus[t] = still ? 1 : plus[t]! / range[t]!;
    minus[t] = still ? 1 : minus[t]! / range[t]!;
  }
  return { plus, minus };
}

export const vortexIndicator = indicator({
  name: "vortex",
  title: "Vortex indicator",
  formula: "plus = sum |high[t] - low[t-1]| / sum TR, minus = sum |low[t] - high[t-1]| / sum TR, over n bars",
  source: "Botes and Siepman, Stocks & Commodities 28:1, 2010",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ plus: period, minus: period }),
  lookback: ({ period }) => period,
  compute: ({ high, low, close }, { period }, once) => vortex(high, low, close, period, once),
});
