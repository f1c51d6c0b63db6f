import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax } from "../rollingExtreme.ts";
import { sma } from "../sma.ts";

/**
 * Ulcer index in percent, default 14: sqrt(mean over n bars of D^2), D[t] = 100 (close[t] / highest close of the last n bars - 1).
 * NaN before row 2n-2: every drawdown is measured from a whole window. It counts depth and length of falls only.
 * Source: Martin and McCann, The Investor's Guide to Fidelity Funds, 1989. TradingView's script is the same; StockCharts' sheet takes the
 * highest close so far where there are fewer than n, and begins in row n-1; it agrees from row 2n-2 on.
 */
export function ulcer(close: Float64Array, period = 14): Float64Array {
  const out = rollingMax(close, period);
  for (let t = 0; t < out.length; t++) {
    const fall = 100 * (close[t]! / out[t]! - 1);
    out[t] = out[t]! > 0 ? fall * fall : Number.NaN;
  }
  sma(out, period, out);
  for (let t = 0; t < out.length; t++) out[t] = Math.sqrt(out[t]!);
  return out;
}

export const ulcerIndicator = indicator({
  name: "ulcer",
  aliases: ["ui"],
  title: "Ulcer index, percent",
  formula: "sqrt(SMA(D^2, n)), D = 100 (close / max(close, n bars) - 1)",
  source: "Martin and McCann, The Investor's Guide to Fidelity Funds, 1989",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ ulcer: 2 * period - 2 }),
  lookback: ({ period }) => 2 * period - 2,
  compute: ({ close }, { period }) => ({ ulcer: ulcer(close, period) }),
});
