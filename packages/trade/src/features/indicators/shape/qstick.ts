import { z } from "zod";
import { linear } from "../linear.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/**
 * Qstick, default 8: the simple mean of close - open over n bars, in units of price; above 0 while buyers lead inside the bars.
 * NaN before row n-1. Source: Chande and Kroll, The New Technical Trader, 1994; Achelis. The same in Tulip.
 */
export function qstick(open: Float64Array, close: Float64Array, period = 8): Float64Array {
  const out = linear(close, 1, open, -1);
  return sma(out, period, out);
}

export const qstickIndicator = indicator({
  name: "qstick",
  title: "Qstick",
  formula: "SMA(close - open, n)",
  source: "Chande and Kroll, The New Technical Trader, 1994",
  params: z.strictObject({ period: bars(8) }),
  inputs: ["open", "close"],
  outputs: ({ period }) => ({ qstick: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ open, close }, { period }) => ({ qstick: qstick(open, close, period) }),
});
