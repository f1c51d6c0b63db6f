import { z } from "zod";
import { newColumn } from "../newColumn.ts";
import { bars, indicator, number } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/**
 * Ease of movement, default 14 and a scale of 100,000,000: emv[t] = S (m[t] - m[t-1]) (high - low) / volume, m the middle of the bar,
 * S the scale, and its simple mean over n bars. emv is 0 where nothing was traded. NaN before row 1 and row n.
 * Source: Arms, Volume Cycles in the Stock Market, 1983. The scale only makes numbers readable: StockCharts divides the volume by
 * 100,000,000, Achelis and Tulip by 10,000, TradingView multiplies by 10,000.
 */
export function easeOfMovement(
  high: Float64Array,
  low: Float64Array,
  volume: Float64Array,
  period = 14,
  scale = 1e8,
): { emv: Float64Array; average: Float64Array } {
  const emv = newColumn(high.length);
  let before = Number.NaN;
  for (let t = 0; t < emv.length; t++) {
    const middle = (high[t]! + low[t]!) / 2;
    const push = (middle - before) * (high[t]! - low[t]!);
    before = middle;
    emv[t] = volume[t] === 0 ? 0 * push : scale * (push / volume[t]!);
  }
  return { emv, average: sma(emv, period) };
}

export const easeOfMovementIndicator = indicator({
  name: "easeOfMovement",
  aliases: ["emv", "eom"],
  title: "Ease of movement",
  formula: "emv = S (m[t] - m[t-1]) (high - low) / volume, m = (high + low)/2, average = SMA(emv, n)",
  source: "Arms, Volume Cycles in the Stock Market, 1983",
  params: z.strictObject({ period: bars(14), scale: number(1e8, 1e-12, 1e12) }),
  inputs: ["high", "low", "volume"],
  outputs: ({ period }) => ({ emv: 1, average: period }),
  lookback: ({ period }) => period,
  compute: ({ high, low, volume }, { period, scale }) => easeOfMovement(high, low, volume, period, scale),
});
