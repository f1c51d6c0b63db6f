import { DataError, UsageError } from "../../../core/errors.ts";

/** RiskMetrics' decay of daily data. */
export const RISK_METRICS_DECAY = 0.94;

/**
 * Exponentially weighted covariance around 0, known before each row:
 *   c[t] = sum_{k >= 1} d^(k-1) x[t-k] y[t-k] / sum d^(k-1), k = 1..t; c[0] is NaN, c[T] the forecast after the last row.
 * The weights of a short past are made to sum to 1. With x = y the variance.
 *
 * Source: J.P. Morgan and Reuters, RiskMetrics Technical Document, 4th ed. 1996, 5.2 (daily 0.94, monthly 0.97).
 * @returns T + 1 values
 */
export function ewmaCovariance(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  decay = RISK_METRICS_DECAY,
): Float64Array {
  if (!(decay > 0 && decay < 1)) throw new UsageError(`a decay of ${decay} is not between 0 and 1`);
  if (x.length !== y.length) throw new DataError(`${x.length} returns beside ${y.length}`);
  const out = new Float64Array(x.length + 1).fill(Number.NaN);
  let sum = 0;
  let weight = 0;
  for (let t = 0; t < x.length; t++) {
    const product = x[t]! * y[t]!;
    if (!Number.isFinite(product)) throw new DataError(`return ${t + 1} is ${x[t]} beside ${y[t]}`);
    sum = decay * sum + product;
    weight = decay * weight + 1;
    out[t + 1] = sum / weight;
  }
  return out;
}
