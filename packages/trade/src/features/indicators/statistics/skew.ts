import { z } from "zod";
import { FLAT } from "../flat.ts";
import { logReturn } from "../logReturn.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingShape } from "./rollingShape.ts";

/**
 * Skewness of the last n log returns, default 60: sqrt(n (n-1)) / (n-2) g, g = m3 / m2^1.5, mk the mean k-th power of the distance from the
 * mean. NaN before row n; 0 where the price did not move (deviation below 1e-9). At 60 returns its own standard error is 0.31.
 * Source: the adjusted Fisher-Pearson coefficient (Joanes and Gill, The Statistician 47:1, 1998, G1), that of pandas and of Excel's SKEW;
 * scipy's default and TradingView scripts give g without the factor.
 */
export function skew(values: Float64Array, period = 60, once: Once = anew): Float64Array {
  const { squares, cubes } = once(rollingShape, values, period);
  const out = rawColumn(values.length);
  const factor = Math.sqrt(period * (period - 1)) / (period - 2);
  for (let t = 0; t < out.length; t++) {
    const variance = squares[t]! / period;
    out[t] = variance <= FLAT * FLAT ? 0 : (factor * (cubes[t]! / period)) / (variance * Math.sqrt(variance));
  }
  return out;
}

/**
 * Excess kurtosis of the last n log returns, default 60: (n-1) / ((n-2)(n-3)) ((n+1) g + 6), g = m4 / m2^2 - 3, mk as for `skew`; 0 for a
 * normal distribution. NaN before row n; 0 where the price did not move. At 60 returns its own standard error is 0.61.
 * Source: Joanes and Gill 1998, G2, that of pandas and of Excel's KURT; scipy's default is g.
 */
export function kurtosis(values: Float64Array, period = 60, once: Once = anew): Float64Array {
  const { squares, fourths } = once(rollingShape, values, period);
  const out = rawColumn(values.length);
  const factor = (period - 1) / ((period - 2) * (period - 3));
  for (let t = 0; t < out.length; t++) {
    const variance = squares[t]! / period;
    const excess = fourths[t]! / period / (variance * variance) - 3;
    out[t] = variance <= FLAT * FLAT ? 0 : factor * ((period + 1) * excess + 6);
  }
  return out;
}

export const skewIndicator = indicator({
  name: "skew",
  aliases: ["skewness"],
  title: "Skewness of log returns",
  formula: "sqrt(n (n-1)) / (n-2) m3 / m2^1.5 of ln(close[t]/close[t-1]), n returns",
  source: "Joanes and Gill, The Statistician 47:1, 1998",
  params: z.strictObject({ period: bars(60, 3) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ skew: period }),
  lookback: ({ period }) => period,
  compute: ({ close }, { period }, once) => ({ skew: skew(once(logReturn, close, 1), period, once) }),
});

export const kurtosisIndicator = indicator({
  name: "kurtosis",
  aliases: ["kurt"],
  title: "Excess kurtosis of log returns",
  formula: "(n-1) / ((n-2)(n-3)) ((n+1) (m4/m2^2 - 3) + 6) of ln(close[t]/close[t-1]), n returns",
  source: "Joanes and Gill, The Statistician 47:1, 1998",
  params: z.strictObject({ period: bars(60, 4) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ kurtosis: period }),
  lookback: ({ period }) => period,
  compute: ({ close }, { period }, once) => ({
    kurtosis: kurtosis(once(logReturn, close, 1), period, once),
  }),
});
