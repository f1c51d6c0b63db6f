import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { bars, indicator } from "../registry/indicator.ts";

/**
 * Elder ray, default 13, in units of price: bull = high - EMA(close, n), bear = low - EMA(close, n). NaN before row n-1.
 * Source: Elder, Trading for a Living, 1993. The same in StockCharts and TradingView.
 */
export const elderRayIndicator = indicator({
  name: "elderRay",
  title: "Elder ray: bull and bear power",
  formula: "bull = high - EMA(close, n), bear = low - EMA(close, n)",
  source: "Elder, Trading for a Living, 1993",
  params: z.strictObject({ period: bars(13) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ bull: period - 1, bear: period - 1 }),
  lookback: ({ period }) => emaLookback(period),
  compute({ high, low, close }, { period }) {
    const average = ema(close, period);
    return { bull: linear(high, 1, average, -1), bear: linear(low, 1, average, -1, average) };
  },
});
