import { z } from "zod";
import { bars, indicator } from "../registry/indicator.ts";
import { sma } from "../sma.ts";

export const smaIndicator = indicator({
  name: "sma",
  title: "Simple moving average",
  formula: "(close[t-n+1] + ... + close[t]) / n",
  source: "Achelis, Technical Analysis from A to Z, 'Moving averages'",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ sma: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period }) => ({ sma: sma(close, period) }),
});
