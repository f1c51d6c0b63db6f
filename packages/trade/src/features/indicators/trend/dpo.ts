import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/**
 * Detrended price oscillator, default 20: dpo[t] = x[t-k] - SMA(x, n)[t], k = floor(n/2) + 1: the price of the middle of the window against
 * the window's mean. NaN before row max(n - 1, k).
 * Source: Achelis, Technical Analysis from A to Z. Charts move the line k bars back, which would show at t-k what is known at t only;
 * here, as in Tulip, it stands where it is known. StockCharts subtracts the average of k bars ago from the price of now.
 */
export function dpo(values: Float64Array, period = 20): Float64Array {
  const back = Math.floor(period / 2) + 1;
  const out = sma(values, period);
  for (let t = 0; t < out.length; t++) out[t] = t < back ? Number.NaN : values[t - back]! - out[t]!;
  return out;
}

export const dpoIndicator = indicator({
  name: "dpo",
  title: "Detrended price oscillator",
  formula: "close[t-k] - SMA(close, n)[t], k = floor(n/2) + 1",
  source: "Achelis, Technical Analysis from A to Z, 'Detrended price oscillator'",
  params: z.strictObject({ period: bars(20, 3) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ dpo: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period }) => ({ dpo: dpo(close, period) }),
});
