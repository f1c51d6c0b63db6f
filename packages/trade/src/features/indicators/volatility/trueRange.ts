import { z } from "zod";
import { trueRange } from "../atr.ts";
import { indicator } from "../registry/indicator.ts";

export const trueRangeIndicator = indicator({
  name: "trueRange",
  aliases: ["tr"],
  title: "True range",
  formula: "max(high, close[t-1]) - min(low, close[t-1]); high - low where there is no close before",
  source: "Wilder, New Concepts in Technical Trading Systems, 1978",
  params: z.strictObject({}),
  inputs: ["high", "low", "close"],
  outputs: () => ({ trueRange: 0 }),
  lookback: () => 1,
  compute: ({ high, low, close }) => ({ trueRange: trueRange(high, low, close) }),
});
