import { logRatio } from "../logRatio.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { indicator } from "../registry/indicator.ts";
import { estimatorParams, rootMean } from "./yearly.ts";

/** What each bar adds: ln(high/close) ln(high/open) + ln(low/close) ln(low/open). */
export function rogersSatchellVariance(
  open: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
): Float64Array {
  const out = rawColumn(close.length);
  for (let t = 0; t < out.length; t++) {
    const fall = logRatio(high[t]!, close[t]!);
    const rise = logRatio(high[t]!, open[t]!);
    const back = logRatio(low[t]!, close[t]!);
    out[t] = fall * rise + back * logRatio(low[t]!, open[t]!);
  }
  return out;
}

/**
 * Rogers and Satchell's volatility, default 20 bars: sqrt(B/n sum [ln(high/close) ln(high/open) + ln(low/close) ln(low/open)])
 * over the last n bars, B the bars of a year (default 1). NaN before row n-1. Unlike Parkinson and Garman-Klass it is right
 * whatever the drift: a bar that only rises has none. It sees no gap.
 * Source: Rogers and Satchell, Annals of Applied Probability 1:4, 1991. The same in TTR.
 */
export function rogersSatchell(
  open: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 20,
  barsPerYear = 1,
  once: Once = anew,
): Float64Array {
  return rootMean(once(rogersSatchellVariance, open, high, low, close), period, barsPerYear);
}

export const rogersSatchellIndicator = indicator({
  name: "rogersSatchell",
  title: "Rogers-Satchell volatility",
  formula:
    "sqrt(B/n sum [ln(high/close) ln(high/open) + ln(low/close) ln(low/open)]), B bars of a year, 1 for a bar's own",
  source: "Rogers and Satchell, Annals of Applied Probability 1:4, 1991",
  params: estimatorParams(),
  inputs: ["open", "high", "low", "close"],
  outputs: ({ period }) => ({ rogersSatchell: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ open, high, low, close }, { period, barsPerYear }, once) => ({
    rogersSatchell: rogersSatchell(open, high, low, close, period, barsPerYear, once),
  }),
});
