import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { wilder, wilderLookback } from "../wilder.ts";

export const rmaIndicator = indicator({
  name: "rma",
  aliases: ["wilder", "wilders", "smma"],
  title: "Wilder's smoothing (smoothed moving average)",
  formula: "rma[t-1] + (close[t] - rma[t-1]) / n, begun with the mean of the first n closes",
  source: "Wilder, New Concepts in Technical Trading Systems, 1978",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ rma: period - 1 }),
  lookback: ({ period }) => wilderLookback(period),
  compute: ({ close }, { period }) => ({ rma: wilder(close, period) }),
});
