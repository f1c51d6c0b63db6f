import { z } from "zod";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator, number } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";

/**
 * Amihud's illiquidity, default 20 and a scale of 1,000,000: S / D times the sum over the last n bars of |close[t]/close[t-1] - 1| /
 * (close[t] volume[t]), S the scale, D the number of bars of the n in which there was trade: the share of the price that a million of
 * quote currency moves. Bars without trade are left out; 0 where there was none at all. NaN before row n.
 * Source: Amihud, Journal of Financial Markets 5:1, 2002, equation 1, there over the days of a year; as in his table, times 10^6.
 */
export function amihud(
  close: Float64Array,
  volume: Float64Array,
  period = 20,
  scale = 1e6,
  once: Once = anew,
): Float64Array {
  const bar = once(illiquidity, close, volume);
  const out = rollingSum(bar.moved, period);
  const traded = rollingSum(bar.traded, period);
  for (let t = 0; t < out.length; t++) {
    out[t] = traded[t] === 0 ? 0 * out[t]! : scale * (out[t]! / traded[t]!);
  }
  return out;
}

/** By bar: the size of its return over what was traded in it, in money, and whether anything was (1 or 0). */
function illiquidity(
  close: Float64Array,
  volume: Float64Array,
): { moved: Float64Array; traded: Float64Array } {
  const length = close.length;
  const moved = rawColumn(length);
  const traded = rawColumn(length);
  let before = Number.NaN;
  for (let t = 0; t < length; t++) {
    const price = close[t]!;
    const amount = volume[t]!;
    const change = before > 0 && price > 0 ? Math.abs((price - before) / before) : Number.NaN;
    before = price;
    if (amount > 0) moved[t] = change / (price * amount);
    else moved[t] = amount === 0 ? 0 * change : Number.NaN;
    traded[t] = Math.sign(amount) + (amount - amount);
  }
  return { moved, traded };
}

export const amihudIndicator = indicator({
  name: "amihud",
  aliases: ["illiquidity"],
  title: "Amihud's illiquidity",
  formula: "S / D sum over n bars of |close[t]/close[t-1] - 1| / (close[t] volume[t]), D the bars with trade",
  source: "Amihud, Journal of Financial Markets 5:1, 2002",
  params: z.strictObject({ period: bars(20), scale: number(1e6, 1e-12, 1e12) }),
  inputs: ["close", "volume"],
  outputs: ({ period }) => ({ amihud: period }),
  lookback: ({ period }) => period,
  compute: ({ close, volume }, { period, scale }, once) => ({
    amihud: amihud(close, volume, period, scale, once),
  }),
});
