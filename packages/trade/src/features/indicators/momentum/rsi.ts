import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { rsi } from "../rsi.ts";
import { wilderLookback } from "../wilder.ts";

export const rsiIndicator = indicator({
  name: "rsi",
  title: "Relative strength index",
  formula: "100 G / (G + L), Wilder averages of gains and losses over n bars; 50 where nothing moved",
  source: "Wilder, New Concepts in Technical Trading Systems, 1978",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ rsi: period }),
  lookback: ({ period }) => wilderLookback(period) + 1,
  compute: ({ close }, { period }, once) => ({ rsi: once(rsi, close, period) }),
});
