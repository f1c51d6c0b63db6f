import { z } from "zod";
import { FLAT } from "../flat.ts";
import { typicalPrice } from "../medianPrice.ts";
import { rawColumn } from "../newColumn.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";

/**
 * Money flow index, 0 to 100, default 14: 100 P / (P + N), P the sum of p v over those of the last n bars in which p rose, N where it fell,
 * p = (high + low + close) / 3, v volume. NaN before row n. 50 where no money flowed either way. A difference of p below 1e-9 of it is no move:
 * prices lie on ticks, so that their means are often equal, and as 64-bit floats then differ in the last digit, this way or that by the
 * unit of the price; no tick is as small.
 * Source: Quong and Soudack, Stocks & Commodities 7:3, 1989. The same in Tulip, StockCharts and TradingView; TA-Lib says 0 without flow.
 */
export function mfi(price: Float64Array, volume: Float64Array, period = 14): Float64Array {
  const inflow = rawColumn(price.length);
  const out = rawColumn(price.length);
  inflow.fill(Number.NaN, 0, 1);
  out.fill(Number.NaN, 0, 1);
  for (let t = 1; t < price.length; t++) {
    const change = price[t]! - price[t - 1]!;
    const least = FLAT * Math.abs(price[t]!);
    const flow = price[t]! * volume[t]! + (change - change);
    inflow[t] = change > least ? flow : 0 * flow;
    out[t] = change < -least ? flow : 0 * flow;
  }
  rollingSum(inflow, period, inflow);
  rollingSum(out, period, out);
  for (let t = 0; t < out.length; t++) {
    const flow = inflow[t]! + out[t]!;
    out[t] = flow === 0 ? 50 : 100 * (inflow[t]! / flow);
  }
  return out;
}

export const mfiIndicator = indicator({
  name: "mfi",
  title: "Money flow index",
  formula:
    "100 P / (P + N), sums over n bars of p volume where p rose and where it fell, p = (high + low + close) / 3",
  source: "Quong and Soudack, Stocks & Commodities 7:3, 1989",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["high", "low", "close", "volume"],
  outputs: ({ period }) => ({ mfi: period }),
  lookback: ({ period }) => period,
  compute: ({ high, low, close, volume }, { period }, once) => ({
    mfi: mfi(once(typicalPrice, high, low, close), volume, period),
  }),
});
