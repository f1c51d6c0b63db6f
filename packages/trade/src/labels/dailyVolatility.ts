import { UsageError } from "../core/errors.ts";
import { DAY_MS } from "../core/time.ts";

/**
 * Exponentially weighted deviation of daily returns, at each bar; known at its close.
 *   r[t] = c[t] / c[p] - 1, p the last bar that closed more than a day before t
 *   s[t] = deviation of r[..t] with weights (1 - a)^k, a = 2 / (span + 1), k the bars since, corrected for bias:
 *          sqrt(v S1^2 / (S1^2 - S2)), v the weighted variance, S1 and S2 the sums of the weights and of their squares
 * NaN before `minReturns` daily returns, and where the row's own return is missing.
 *
 * Source: Lopez de Prado, Advances in Financial Machine Learning, 2018, snippet 3.1, with the weights of pandas'
 * `ewm(span).std()` that it uses (adjusted, missing values age); recursion after West 1979. There two returns are enough.
 * @param closeTime ms UTC, strictly ascending
 * @param span bars, not days
 */
export function dailyVolatility(
  closeTime: Float64Array,
  close: Float64Array,
  span: number,
  minReturns = 2,
): Float64Array {
  if (!(span >= 1 && Number.isInteger(minReturns) && minReturns >= 2))
    throw new UsageError(
      `daily volatility: a span of ${span} bars after ${minReturns} returns is not possible: give at least 1 and 2`,
    );
  const kept = 1 - 2 / (span + 1);
  const out = new Float64Array(close.length).fill(Number.NaN);
  let before = 0;
  let count = 0;
  let mean = 0;
  let variance = 0;
  let weight = 0;
  let squares = 0;
  for (let t = 0; t < close.length; t++) {
    while (closeTime[before]! < closeTime[t]! - DAY_MS) before++;
    weight *= kept;
    squares *= kept * kept;
    const then = before > 0 ? close[before - 1]! : Number.NaN;
    const now = close[t]!;
    const r = now > 0 && then > 0 ? (now - then) / then : Number.NaN;
    if (!Number.isFinite(r)) continue;
    const old = mean;
    mean = (weight * old + r) / (weight + 1);
    variance = (weight * (variance + (old - mean) ** 2) + (r - mean) ** 2) / (weight + 1);
    weight += 1;
    squares += 1;
    if (++count < minReturns) continue;
    const freedom = weight * weight - squares;
    const deviation = Math.sqrt((weight * weight * variance) / freedom);
    if (freedom > 0 && Number.isFinite(deviation)) out[t] = deviation;
  }
  return out;
}
