import { logRatios } from "../logRatio.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { indicator } from "../registry/indicator.ts";
import { estimatorParams, rootMean } from "./yearly.ts";

/**
 * Garman and Klass's volatility, default 20 bars: sqrt(B/n sum [ln(high/low)^2 / 2 - (2 ln 2 - 1) ln(close/open)^2]) over the last
 * n bars, B the bars of a year (default 1). NaN before row n-1. Up to 7.4 times as efficient as closes without drift and gaps.
 * Source: Garman and Klass, Journal of Business 53:1, 1980, the practical form of their equation 20, which TTR's
 * "garman.klass" and most libraries take; the full form has a third term that changes little.
 */
export function garmanKlass(
  open: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 20,
  barsPerYear = 1,
  once: Once = anew,
): Float64Array {
  const ranges = once(logRatios, high, low);
  const bodies = once(logRatios, close, open);
  const variance = rawColumn(close.length);
  for (let t = 0; t < variance.length; t++) {
    const range = ranges[t]!;
    const body = bodies[t]!;
    variance[t] = 0.5 * range * range - (2 * Math.LN2 - 1) * body * body;
  }
  return rootMean(variance, period, barsPerYear);
}

export const garmanKlassIndicator = indicator({
  name: "garmanKlass",
  title: "Garman-Klass volatility",
  formula:
    "sqrt(B/n sum [ln(high/low)^2 / 2 - (2 ln 2 - 1) ln(close/open)^2]), B bars of a year, 1 for a bar's own",
  source: "Garman and Klass, Journal of Business 53:1, 1980",
  params: estimatorParams(),
  inputs: ["open", "high", "low", "close"],
  outputs: ({ period }) => ({ garmanKlass: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ open, high, low, close }, { period, barsPerYear }, once) => ({
    garmanKlass: garmanKlass(open, high, low, close, period, barsPerYear, once),
  }),
});
