/**
 * psi(x) = d ln Gamma(x) / dx for x > 0, to about 1e-14: psi(x) = psi(x + 1) - 1/x up to x >= 10, from there
 * ln x - 1/(2x) - sum B_2k / (2k x^2k). Abramowitz and Stegun 6.3.5 and 6.3.18. NaN for x <= 0.
 */
export function digamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  let shift = 0;
  let y = x;
  for (; y < 10; y++) shift -= 1 / y;
  const q = 1 / (y * y);
  const series =
    q * (1 / 12 - q * (1 / 120 - q * (1 / 252 - q * (1 / 240 - q * (1 / 132 - q * (691 / 32760 - q / 12))))));
  return shift + Math.log(y) - 0.5 / y - series;
}
