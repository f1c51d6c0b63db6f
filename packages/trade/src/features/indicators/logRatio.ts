import { rawColumn } from "./newColumn.ts";

/** Where (a - b)^2 / (a + b)^2 is below this, four terms of the series give ln(a/b) to the last digit: z^4 / 9 < 2e-17. */
const NEAR = 1e-4;

/**
 * ln(a / b) of two prices; NaN unless both are above 0: a negative price has no return. Prices of neighbouring bars are close, and there
 * ln(a/b) = 2 (s + s^3/3 + s^5/5 + s^7/7 + ...), s = (a - b) / (a + b), is both quicker than a logarithm and nearer to the truth, since
 * a / b has lost digits before the logarithm is taken. Source: Abramowitz and Stegun 1964, 4.1.29.
 */
export function logRatio(a: number, b: number): number {
  if (!(a > 0 && b > 0)) return Number.NaN;
  // Halves, since the sum of two enormous numbers would be infinite.
  const s = (a - b) / (0.5 * a + 0.5 * b);
  const z = 0.25 * s * s;
  if (z < NEAR) return s * (1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7))));
  return Math.log(a / b);
}

/** ln(a[t] / b[t]) for every row, as `logRatio`. */
export function logRatios(a: Float64Array, b: Float64Array): Float64Array {
  const out = rawColumn(a.length);
  for (let t = 0; t < out.length; t++) out[t] = logRatio(a[t]!, b[t]!);
  return out;
}

/** ln of each price; NaN unless it is above 0. */
export function logPrices(prices: Float64Array): Float64Array {
  const out = rawColumn(prices.length);
  for (let t = 0; t < out.length; t++) out[t] = prices[t]! > 0 ? Math.log(prices[t]!) : Number.NaN;
  return out;
}
