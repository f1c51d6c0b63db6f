import { z } from "zod";
import { bollinger } from "../bollinger.ts";
import { bars, indicator, number } from "../registry/indicator.ts";

export const bollingerIndicator = indicator({
  name: "bollinger",
  aliases: ["bbands", "percentB"],
  title: "Bollinger bands, %B and width",
  formula:
    "middle = SMA(close, n), upper, lower = middle +- k s, percentB = (close - lower) / (upper - lower), width = (upper - lower) / middle; s divides by n",
  source: "Bollinger, Bollinger on Bollinger Bands, 2002",
  params: z.strictObject({ period: bars(20), deviations: number(2, 0.001, 1000) }),
  inputs: ["close"],
  outputs: ({ period }) => ({
    middle: period - 1,
    upper: period - 1,
    lower: period - 1,
    percentB: period - 1,
    width: period - 1,
  }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period, deviations }) => ({ ...bollinger(close, period, deviations) }),
});
