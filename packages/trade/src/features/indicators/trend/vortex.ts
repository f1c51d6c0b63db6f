import { z } from "zod";
import { FLAT } from "../flat.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";
import { trueMove } from "../trueMove.ts";

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
): { plus: Float64Array; minus: Float64Array } {
  const up = high.map((top, t) => (t > 0 ? Math.abs(top - low[t - 1]!) : Number.NaN));
  const down = low.map((bottom, t) => (t > 0 ? Math.abs(bottom - high[t - 1]!) : Number.NaN));
  const range = rollingSum(trueMove(high, low, close).range, period);
  const share = (sum: number, t: number): number =>
    range[t]! <= FLAT * Math.abs(close[t]!) ? 1 : sum / range[t]!;
  return { plus: rollingSum(up, period).map(share), minus: rollingSum(down, period).map(share) };
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
  compute: ({ high, low, close }, { period }) => vortex(high, low, close, period),
});
