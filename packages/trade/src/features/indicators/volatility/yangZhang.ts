import { logRatio, logRatios } from "../logRatio.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { indicator } from "../registry/indicator.ts";
import { rollingDeviation } from "../rollingMoments.ts";
import { sma } from "../sma.ts";
import { rogersSatchellVariance } from "./rogersSatchell.ts";
import { estimatorParams } from "./yearly.ts";

/**
 * Yang and Zhang's volatility, default 20 bars: sqrt(B (Vo + k Vc + (1-k) Vrs)), k = 0.34 / (1.34 + (n+1)/(n-1)), B the bars of a year
 * (default 1). Over the last n bars Vo is the sample variance (n-1) of the gaps ln(open[t]/close[t-1]), Vc that of
 * ln(close[t]/open[t]), Vrs the mean of Rogers and Satchell's terms. NaN before row n. Right with drift and with gaps.
 * Source: Yang and Zhang, Journal of Business 73:3, 2000, equations 7 to 10. The same in TTR, annualised there.
 */
export function yangZhang(
  open: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 20,
  barsPerYear = 1,
  once: Once = anew,
): Float64Array {
  const length = close.length;
  const gaps = rawColumn(length);
  gaps.fill(Number.NaN, 0, 1);
  for (let t = 1; t < length; t++) gaps[t] = logRatio(open[t]!, close[t - 1]!);
  const within = sma(once(rogersSatchellVariance, open, high, low, close), period);
  const gap = rollingDeviation(gaps, period);
  const body = rollingDeviation(once(logRatios, close, open), period);
  const k = 0.34 / (1.34 + (period + 1) / (period - 1));
  for (let t = 0; t < length; t++) {
    const variance = gap[t]! * gap[t]! + k * body[t]! * body[t]! + (1 - k) * within[t]!;
    within[t] = Math.sqrt(variance * barsPerYear);
  }
  return within;
}

export const yangZhangIndicator = indicator({
  name: "yangZhang",
  title: "Yang-Zhang volatility",
  formula:
    "sqrt(B (Vo + k Vc + (1-k) Vrs)), k = 0.34/(1.34 + (n+1)/(n-1)): variances of gaps and of bodies, mean of Rogers and Satchell's terms",
  source: "Yang and Zhang, Journal of Business 73:3, 2000",
  params: estimatorParams(2),
  inputs: ["open", "high", "low", "close"],
  outputs: ({ period }) => ({ yangZhang: period }),
  lookback: ({ period }) => period,
  compute: ({ open, high, low, close }, { period, barsPerYear }, once) => ({
    yangZhang: yangZhang(open, high, low, close, period, barsPerYear, once),
  }),
});
