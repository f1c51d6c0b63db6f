import { finiteOrNaN } from "./finite.ts";
import { logRatio } from "./logRatio.ts";
import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";

/**
 * Log return over `periods` bars: ln(x[t] / x[t-periods]); NaN before row `periods` and where a price is not above 0.
 * Sums over time, which a percentage change does not. Source: Campbell, Lo and MacKinlay 1997, section 1.4.
 */
export function logReturn(values: Float64Array, periods = 1): Float64Array {
  requirePeriod(periods, "logReturn");
  const out = rawColumn(values.length);
  out.fill(Number.NaN, 0, periods);
  for (let t = periods; t < out.length; t++) {
    out[t] = finiteOrNaN(logRatio(values[t]!, values[t - periods]!));
  }
  return out;
}
