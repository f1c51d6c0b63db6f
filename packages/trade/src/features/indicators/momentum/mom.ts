import { z } from "zod";
import { change } from "../change.ts";
import { bars, indicator } from "../registry/indicator.ts";

/**
 * Momentum, default 10, in units of price: mom[t] = x[t] - x[t-n]. NaN before row n.
 * Source: Achelis, "Momentum", who divides instead (that is `roc`). The difference is that of TA-Lib, Tulip and TradingView.
 */
export function mom(values: Float64Array, period = 10): Float64Array {
  return change(values, period);
}

export const momIndicator = indicator({
  name: "mom",
  aliases: ["momentum"],
  title: "Momentum",
  formula: "close[t] - close[t-n]",
  source: "TA-Lib, MOM",
  params: z.strictObject({ period: bars(10) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ mom: period }),
  lookback: ({ period }) => period,
  compute: ({ close }, { period }) => ({ mom: mom(close, period) }),
});
