/**
 * Sample standard deviation (n - 1) of the last `window` values, NaN before and while one of them is NaN.
 * Each window is summed anew in two passes: no drift, no cancellation; the cost, a few million additions for a
 * year of five-minute bars, is paid once per data set and not per bar of live trading.
 */
export function trailingDeviation(values: Float64Array, window: number): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN);
  let run = 0;
  for (let t = 0; t < values.length; t++) {
    run = Number.isFinite(values[t]!) ? run + 1 : 0;
    if (run < window) continue;
    let sum = 0;
    for (let i = t - window + 1; i <= t; i++) sum += values[i]!;
    const mean = sum / window;
    let squares = 0;
    for (let i = t - window + 1; i <= t; i++) squares += (values[i]! - mean) ** 2;
    out[t] = Math.sqrt(squares / (window - 1));
  }
  return out;
}
