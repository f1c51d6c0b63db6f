import { z } from "zod";
import { linear } from "../linear.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { wma } from "./wma.ts";

/**
 * Hull moving average, default 16: hma = WMA(2 WMA(x, floor(n/2)) - WMA(x, n), floor(sqrt(n))).
 * NaN before row n + floor(sqrt(n)) - 2.
 * Source: Hull 2005. Hull's formula takes whole parts, as do Tulip and TradingView; pandas-ta and others round n/2 and the root,
 * which differs for odd n.
 */
export function hma(values: Float64Array, period: number): Float64Array {
  const half = wma(values, Math.floor(period / 2));
  const whole = wma(values, period);
  return wma(linear(half, 2, whole, -1, half), Math.floor(Math.sqrt(period)), half);
}

export const hmaIndicator = indicator({
  name: "hma",
  title: "Hull moving average",
  formula: "WMA(2 WMA(close, floor(n/2)) - WMA(close, n), floor(sqrt(n)))",
  source: "Hull, 'How to reduce lag in a moving average', 2005",
  params: z.strictObject({ period: bars(16, 2) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ hma: warmUp(period) }),
  lookback: ({ period }) => warmUp(period),
  compute: ({ close }, { period }) => ({ hma: hma(close, period) }),
});

function warmUp(period: number): number {
  return period + Math.floor(Math.sqrt(period)) - 2;
}
