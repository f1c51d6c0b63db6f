import { z } from "zod";
import { accumulate } from "../accumulate.ts";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

/**
 * Williams' accumulation/distribution: wad[0] = 0, wad[t] = wad[t-1] + close[t] - min(low[t], close[t-1]) if the close rose, + close[t] -
 * max(high[t], close[t-1]) if it fell, unchanged if it did not move. Only its differences mean anything. No volume enters.
 * A missing bar is NaN, and the row behind it is 0 again. Source: Williams, How I Made One Million Dollars, 1973; Achelis. Tulip leaves the first row out.
 */
export function wad(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  const flow = newColumn(close.length);
  let before = Number.NaN;
  for (let t = 0; t < flow.length; t++) {
    const price = close[t]!;
    if (price > before) flow[t] = price - Math.min(low[t]!, before);
    else flow[t] = price < before ? price - Math.max(high[t]!, before) : price - before;
    before = price;
  }
  return accumulate(flow, close, flow);
}

export const wadIndicator = indicator({
  name: "wad",
  title: "Williams' accumulation/distribution",
  formula:
    "wad[t-1] + close - min(low, close[t-1]) if the close rose, close - max(high, close[t-1]) if it fell",
  source: "Williams, How I Made One Million Dollars, 1973",
  params: z.strictObject({}),
  inputs: ["high", "low", "close"],
  outputs: () => ({ wad: 0 }),
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ high, low, close }) => ({ wad: wad(high, low, close) }),
});
