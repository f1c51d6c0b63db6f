import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

/**
 * Relative volume, default 20: volume[t] / mean volume of the n bars before t. NaN before row n, and where n bars without trade are
 * followed by one with; 1 where there is still none.
 * Source: the usual scan for unusual activity (thinkorswim, Finviz). The current bar is no part of its own measure; TradingView's
 * column divides by a mean of 10 days that leaves it out too, others count it in, which holds the ratio below n.
 */
export function rvol(volume: Float64Array, period = 20): Float64Array {
  const out = sma(volume, period);
  let before = Number.NaN;
  for (let t = 0; t < out.length; t++) {
    const usual = before;
    before = out[t]!;
    out[t] = usual === 0 && volume[t] === 0 ? 1 : volume[t]! / usual;
  }
  return out;
}

export const rvolIndicator = indicator({
  name: "rvol",
  aliases: ["relativeVolume"],
  title: "Relative volume",
  formula: "volume[t] / mean(volume[t-n] ... volume[t-1])",
  source: "the usual scan for unusual volume, the current bar left out of its own measure",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["volume"],
  outputs: ({ period }) => ({ rvol: period }),
  lookback: ({ period }) => period,
  compute: ({ volume }, { period }) => ({ rvol: rvol(volume, period) }),
});
