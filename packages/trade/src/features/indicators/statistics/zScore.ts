import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { zScore } from "../zScore.ts";

export const zScoreIndicator = indicator({
  name: "zScore",
  title: "Close, z-score",
  formula: "(close[t] - m) / s, mean and sample deviation of the last n closes; 0 where they did not vary",
  source: "the standard score; Thompson, Annals of Mathematical Statistics 6:4, 1935 for its bound",
  params: z.strictObject({ period: bars(20, 2) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ zScore: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period }) => ({ zScore: zScore(close, period) }),
});
