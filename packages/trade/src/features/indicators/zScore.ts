import { finiteOrNaN } from "./finite.ts";
import { FLAT } from "./flat.ts";
import { rollingMoments } from "./rollingMoments.ts";

/**
 * How far a value lies from its own recent mean, in deviations: z[t] = (x[t] - mean) / s, mean and sample deviation s
 * of the last `period` values, x[t] among them (so that |z| <= (n - 1) / sqrt(n)). NaN before row period-1; 0 where the
 * values did not vary (s below 1e-9 of the mean).
 * Source: the standard score; Thompson 1935 for its bound.
 */
export function zScore(values: Float64Array, period: number): Float64Array {
  const { mean, deviation } = rollingMoments(values, period, 1);
  for (let t = 0; t < mean.length; t++) {
    const atRest = deviation[t]! <= FLAT * Math.abs(mean[t]!);
    const z = atRest ? 0 : (values[t]! - mean[t]!) / deviation[t]!;
    mean[t] = finiteOrNaN(z);
  }
  return mean;
}
