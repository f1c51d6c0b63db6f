import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { zScore } from "../zScore.ts";

export const volumeZScoreIndicator = indicator({
  name: "volumeZScore",
  title: "Volume, z-score",
  formula: "(volume[t] - m) / s, mean and sample deviation of the last n volumes; 0 where they did not vary",
  source: "the standard score",
  params: z.strictObject({ period: bars(20, 2) }),
  inputs: ["volume"],
  outputs: ({ period }) => ({ volumeZScore: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ volume }, { period }) => ({ volumeZScore: zScore(volume, period) }),
});
