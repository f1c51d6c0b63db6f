import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * Percentage price oscillator, default 12, 26, 9: ppo = 100 (EMA(x, fast) / EMA(x, slow) - 1), signal = EMA(ppo, signal), histogram = ppo - signal:
 * MACD in percent of the price, so that it can be compared over instruments. ppo begins in row slow-1; NaN where the slow average is not above 0.
 * Source: Appel 2005, Technical Analysis, ch. 8. StockCharts is the same; TA-Lib's PPO takes simple averages by default; Tulip begins with the first value.
 */
export function ppo(
  values: Float64Array,
  fast = 12,
  slow = 26,
  signal = 9,
  start: AverageStart = "mean",
): { ppo: Float64Array; signal: Float64Array; histogram: Float64Array } {
  const quick = ema(values, fast, start);
  const line = ema(values, slow, start);
  for (let t = 0; t < line.length; t++) {
    line[t] = line[t]! > 0 ? 100 * ((quick[t]! - line[t]!) / line[t]!) : Number.NaN;
  }
  const smoothed = ema(line, signal, start);
  return { ppo: line, signal: smoothed, histogram: linear(line, 1, smoothed, -1, quick) };
}

export const ppoIndicator = indicator({
  name: "ppo",
  title: "Percentage price oscillator",
  formula:
    "ppo = 100 (EMA(close, fast) / EMA(close, slow) - 1), signal = EMA(ppo, signal), histogram = ppo - signal",
  source: "Appel, Technical Analysis: Power Tools for Active Investors, 2005",
  params: z
    .strictObject({ fast: bars(12), slow: bars(26), signal: bars(9), start: averageStart() })
    .refine((p) => p.fast < p.slow, { path: ["fast"], message: "it must be shorter than slow" }),
  inputs: ["close"],
  outputs: ({ slow, signal }) => ({ ppo: slow - 1, signal: slow + signal - 2, histogram: slow + signal - 2 }),
  lookback: ({ slow, signal }) => emaLookback(slow) + emaLookback(signal),
  compute: ({ close }, { fast, slow, signal, start }) => ppo(close, fast, slow, signal, start),
});
