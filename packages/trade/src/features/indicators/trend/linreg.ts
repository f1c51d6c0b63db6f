import { z } from "zod";
import { FLAT } from "../flat.ts";
import { rawColumn } from "../newColumn.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMoments } from "../rollingMoments.ts";
import { rollingWeighted } from "../rollingWeighted.ts";

/**
 * Line of least squares through the last n values at the times 1 ... n, default 14. With S the plain and W the linearly weighted sum:
 *   slope = 12 (W - S (n+1)/2) / (n (n^2 - 1)), in units of price a bar;   value = S/n + slope (n-1)/2, the line at the current bar;
 *   intercept = S/n - slope (n-1)/2, the line at the window's first bar;   forecast = value + slope, one bar ahead;
 *   r2 = slope^2 (n^2 - 1) / (12 s^2), s the deviation of the population: the share of the variance that the line explains.
 * NaN before row n-1. Where the values did not vary (s below 1e-9 of them) slope and r2 are 0.
 * Source: the ordinary least squares of Gauss; Achelis, "Linear regression indicator", "Time series forecast", "R-squared".
 * TA-Lib's LINEARREG, _SLOPE, _INTERCEPT and TSF are the same; Tulip's linregintercept is the line one bar before the window.
 */
export function linreg(
  values: Float64Array,
  period = 14,
): {
  value: Float64Array;
  slope: Float64Array;
  intercept: Float64Array;
  forecast: Float64Array;
  r2: Float64Array;
} {
  const { sum, weighted } = rollingWeighted(values, period);
  const { mean, deviation } = rollingMoments(values, period, 0);
  const scale = 12 / (period * (period * period - 1));
  const reach = (period - 1) / 2;
  // Each column of the four is read before its row is written: they become the results.
  const out = {
    value: mean,
    slope: sum,
    intercept: weighted,
    forecast: rawColumn(values.length),
    r2: deviation,
  };
  for (let t = 0; t < values.length; t++) {
    const m = mean[t]!;
    const still = deviation[t]! <= FLAT * Math.abs(m);
    const b = still ? 0 : scale * (weighted[t]! - (sum[t]! * (period + 1)) / 2);
    const explained = still ? 0 : b / deviation[t]!;
    out.value[t] = m + b * reach;
    out.slope[t] = b;
    out.intercept[t] = m - b * reach;
    out.forecast[t] = m + b * (reach + 1);
    out.r2[t] = Math.min(1, (explained * explained * (period * period - 1)) / 12);
  }
  return out;
}

export const linregIndicator = indicator({
  name: "linreg",
  aliases: ["linregslope", "tsf", "slope"],
  title: "Linear regression: value, slope, intercept, forecast, r²",
  formula:
    "least squares of close on time over n bars: value at t, slope a bar, intercept at t-n+1, forecast for t+1, r2 the share of variance explained",
  source: "Achelis, Technical Analysis from A to Z, 'Linear regression indicator'",
  params: z.strictObject({ period: bars(14, 2) }),
  inputs: ["close"],
  outputs: ({ period }) => ({
    value: period - 1,
    slope: period - 1,
    intercept: period - 1,
    forecast: period - 1,
    r2: period - 1,
  }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period }, once) => once(linreg, close, period),
});
