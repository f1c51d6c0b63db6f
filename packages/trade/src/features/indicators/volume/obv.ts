import { z } from "zod";
import { obv } from "../obv.ts";
import { indicator } from "../registry/indicator.ts";

export const obvIndicator = indicator({
  name: "obv",
  title: "On-balance volume",
  formula: "obv[t-1] + sign(close[t] - close[t-1]) volume[t], 0 in the first row",
  source: "Granville, New Key to Stock Market Profits, 1963",
  params: z.strictObject({}),
  inputs: ["close", "volume"],
  outputs: () => ({ obv: 0 }),
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ close, volume }) => ({ obv: obv(close, volume) }),
});
