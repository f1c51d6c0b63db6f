import { z } from "zod";
import { stepSizes } from "../change.ts";
import { FLAT } from "../flat.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax, rollingMin } from "../rollingExtreme.ts";
import { rollingSum } from "../rollingSum.ts";

/**
 * Vertical horizontal filter, above 0 to 1, default 28: (highest - lowest close of n bars) / (sum of the last n changes' sizes): near 1 in a
 * trend, small in a range. NaN before row n. 0 where nothing moved: there is no trend.
 * Source: White 1991; Achelis, Technical Analysis from A to Z. The same in Tulip.
 */
export function vhf(values: Float64Array, period = 28): Float64Array {
  const top = rollingMax(values, period);
  const bottom = rollingMin(values, period);
  const out = stepSizes(values);
  rollingSum(out, period, out);
  for (let t = 0; t < out.length; t++) {
    out[t] = out[t]! <= FLAT * Math.abs(values[t]!) ? 0 : (top[t]! - bottom[t]!) / out[t]!;
  }
  return out;
}

export const vhfIndicator = indicator({
  name: "vhf",
  title: "Vertical horizontal filter",
  formula: "(highest - lowest close of n bars) / sum of |close[t] - close[t-1]| over n bars",
  source: "White, Futures 20:8, 1991",
  params: z.strictObject({ period: bars(28) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ vhf: period }),
  lookback: ({ period }) => period,
  compute: ({ close }, { period }) => ({ vhf: vhf(close, period) }),
});
