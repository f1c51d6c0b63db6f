import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * Triple exponential moving average, default 20: tema = 3 e1 - 3 e2 + e3, where e1 = EMA(x, n), e2 = EMA(e1, n),
 * e3 = EMA(e2, n). NaN before row 3(n-1). Not the average of an average of an average, which TRIX uses.
 * Source: Mulloy, Stocks & Commodities 12:2, 1994. Begun as DEMA, with the same differences to Tulip.
 */
export function tema(values: Float64Array, period: number, start: AverageStart = "mean"): Float64Array {
  const once = ema(values, period, start);
  const twice = ema(once, period, start);
  linear(once, 1, twice, -1, once);
  const thrice = ema(twice, period, start, twice);
  return linear(once, 3, thrice, 1, once);
}

export const temaIndicator = indicator({
  name: "tema",
  title: "Triple exponential moving average",
  formula: "3 e1 - 3 e2 + e3, e1 = EMA(close, n), e2 = EMA(e1, n), e3 = EMA(e2, n)",
  source: "Mulloy, Stocks & Commodities 12:2, 1994",
  params: z.strictObject({ period: bars(20), start: averageStart() }),
  inputs: ["close"],
  outputs: ({ period }) => ({ tema: 3 * (period - 1) }),
  lookback: ({ period }) => 3 * emaLookback(period),
  compute: ({ close }, { period, start }) => ({ tema: tema(close, period, start) }),
});
