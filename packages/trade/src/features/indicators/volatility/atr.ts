import { z } from "zod";
import { atr } from "../atr.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { wilderLookback } from "../wilder.ts";

export const atrIndicator = indicator({
  name: "atr",
  title: "Average true range",
  formula: "Wilder average over n bars of TR = max(high, close[t-1]) - min(low, close[t-1])",
  source: "Wilder, New Concepts in Technical Trading Systems, 1978",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ atr: period - 1 }),
  lookback: ({ period }) => wilderLookback(period) + 1,
  compute: ({ high, low, close }, { period }) => ({ atr: atr(high, low, close, period) }),
});
