/**
 * Standard normal distribution function, to about 1e-15:
 * Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + x^7/(3 5 7) + ...).
 * Marsaglia, Evaluating the Normal Distribution, Journal of Statistical Software 11 (2004).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < -8.3) return 0;
  if (x > 8.3) return 1;
  let sum = x;
  let term = x;
  for (let k = 3, last = Number.NaN; sum !== last; k += 2) {
    last = sum;
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.9189385332046727);
}
