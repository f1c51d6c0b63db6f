import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";

export const emaIndicator = indicator({
  name: "ema",
  title: "Exponential moving average",
  formula: "ema[t-1] + 2/(n+1) (close[t] - ema[t-1]), begun with the mean of the first n closes",
  source: "Achelis, Technical Analysis from A to Z, 'Moving averages'",
  params: z.strictObject({ period: bars(20), start: averageStart() }),
  inputs: ["close"],
  outputs: ({ period }) => ({ ema: period - 1 }),
  lookback: ({ period }) => emaLookback(period),
  compute: ({ close }, { period, start }) => ({
    ema: ema(close, period, start),
  }),
});
