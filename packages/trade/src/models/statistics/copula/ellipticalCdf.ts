import tCdf from "@stdlib/stats-base-dists-t-cdf";
import { normalCdf } from "../../../core/normalCdf.ts";
import { integrate } from "../optimise/integrate.ts";

/**
 * P(X <= x, Y <= y) of two standard normal variables with correlation rho:
 *   Phi(x) Phi(y) + 1/(2 pi) integral from 0 to asin rho of exp(-(x^2 - 2 x y sin a + y^2) / (2 cos^2 a)) da,
 * from rho = 1 or -1 downwards where that is nearer, so that nothing small is left of large terms.
 * Sources: Plackett (1954); Drezner and Wesolowsky (1990); Genz, Numerical Computation of Rectangular Bivariate and
 * Trivariate Normal and t Probabilities, Statistics and Computing 14 (2004), (3). Absolute error below 1e-13.
 */
export function bivariateNormalCdf(x: number, y: number, rho: number): number {
  const slope = (exponent: number): number => Math.exp(-exponent / 2);
  if (Math.abs(rho) < 0.7) {
    return clamp(normalCdf(x) * normalCdf(y) + along(x, y, 0, Math.asin(rho), slope));
  }
  return fromTheEnd(x, y, rho, normalCdf, slope);
}

/**
 * The same of a bivariate t with v degrees of freedom (any v > 0), whose variables are dependent at rho = 0:
 *   T(rho) = T(+-1) -+ 1/(2 pi) integral of (1 + (x^2 - 2 x y sin a + y^2) / (v cos^2 a))^(-v/2) da.  Genz (2004), (9).
 */
export function bivariateTCdf(x: number, y: number, rho: number, v: number): number {
  const slope = (exponent: number): number => Math.exp((-v / 2) * Math.log1p(exponent / v));
  return fromTheEnd(x, y, rho, (z) => tCdf(z, v), slope);
}

type Slope = (exponent: number) => number;

/** From T(1) = F(min(x, y)) or T(-1) = max(0, F(x) + F(y) - 1), whichever is nearer. */
function fromTheEnd(x: number, y: number, rho: number, cdf: (z: number) => number, slope: Slope): number {
  if (rho >= 1) return cdf(Math.min(x, y));
  if (rho <= -1) return Math.max(0, cdf(x) - cdf(-y));
  if (rho >= 0) return clamp(cdf(Math.min(x, y)) - toTheEnd(x, y, Math.acos(rho), slope));
  // T(x, y; rho) = F(x) - T(x, -y; -rho)
  return clamp(cdf(x) - cdf(Math.min(x, -y)) + toTheEnd(x, -y, Math.acos(-rho), slope));
}

/** With a = pi/2 - b: sin a = cos b, cos a = sin b; (x^2 - 2xy cos b + y^2) / sin^2 b = (x-y)^2 / sin^2 b + xy / cos^2(b/2). */
function toTheEnd(x: number, y: number, end: number, slope: Slope): number {
  const gap = (x - y) ** 2;
  return (
    integrate(
      (_, b) => {
        const square = gap === 0 ? 0 : gap / Math.sin(b) ** 2;
        return slope(square + (x * y) / Math.cos(b / 2) ** 2);
      },
      0,
      end,
    ) /
    (2 * Math.PI)
  );
}

function along(x: number, y: number, from: number, to: number, slope: Slope): number {
  return (
    integrate((a) => slope((x * x - 2 * x * y * Math.sin(a) + y * y) / Math.cos(a) ** 2), from, to) /
    (2 * Math.PI)
  );
}

function clamp(p: number): number {
  return Math.max(0, Math.min(1, p));
}
