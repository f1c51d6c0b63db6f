import { z } from "zod";
import { change, stepSizes } from "../change.ts";
import { FLAT } from "../flat.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";

/**
 * Chande momentum oscillator, -100 to 100, default 14: 100 (U - D) / (U + D), U the sum of the last n rises, D of the last n falls.
 * NaN before row n. 0 where nothing moved.
 * Source: Chande and Kroll, The New Technical Trader, 1994. As in Tulip and TradingView; TA-Lib takes Wilder averages instead of the sums,
 * which makes it 2 RSI - 100 and no indicator of its own.
 */
export function cmo(values: Float64Array, period = 14): Float64Array {
  const sizes = stepSizes(values);
  rollingSum(sizes, period, sizes);
  const out = change(values);
  rollingSum(out, period, out);
  for (let t = 0; t < out.length; t++) {
    const still = sizes[t]! <= FLAT * Math.abs(values[t]!);
    out[t] = still ? 0 : 100 * Math.max(-1, Math.min(1, out[t]! / sizes[t]!));
  }
  return out;
}

export const cmoIndicator = indicator({
  name: "cmo",
  title: "Chande momentum oscillator",
  formula: "100 (U - D) / (U + D), sums of rises and falls of close over n bars",
  source: "Chande and Kroll, The New Technical Trader, 1994",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ cmo: period }),
  lookback: ({ period }) => period,
  compute: ({ close }, { period }) => ({ cmo: cmo(close, period) }),
});
