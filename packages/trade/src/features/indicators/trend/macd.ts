import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { linear } from "../linear.ts";
import { macd } from "../macd.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";

export const macdIndicator = indicator({
  name: "macd",
  title: "Moving average convergence divergence",
  formula:
    "macd = EMA(close, fast) - EMA(close, slow), signal = EMA(macd, signal), histogram = macd - signal",
  source: "Appel 1979, the histogram of Aspray 1986",
  params: z
    .strictObject({ fast: bars(12), slow: bars(26), signal: bars(9), start: averageStart() })
    .refine((p) => p.fast < p.slow, { path: ["fast"], message: "it must be shorter than slow" }),
  inputs: ["close"],
  outputs: ({ slow, signal }) => ({
    macd: slow - 1,
    signal: slow + signal - 2,
    histogram: slow + signal - 2,
  }),
  lookback: ({ slow, signal }) => emaLookback(slow) + emaLookback(signal),
  compute({ close }, { fast, slow, signal, start }) {
    if (start === "mean") {
      const { line, signal: smoothed, histogram } = macd(close, fast, slow, signal);
      return { macd: line, signal: smoothed, histogram };
    }
    const line = linear(ema(close, fast, start), 1, ema(close, slow, start), -1);
    const smoothed = ema(line, signal, start);
    return { macd: line, signal: smoothed, histogram: linear(line, 1, smoothed, -1) };
  },
});
