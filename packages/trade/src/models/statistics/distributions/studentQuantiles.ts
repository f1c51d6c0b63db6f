import gammaln from "@stdlib/math-base-special-gammaln";

/** Width of a cell in s, x = sinh s: three Gauss points integrate the density over it to 1e-15. */
const CELL = 0.03;
const NODE = Math.sqrt(0.6);

/**
 * Quantiles of Student's t (not scaled) at many probabilities at once, to 1e-10 of their size down to p = 1e-4 (to 1e-13 / p below): the distribution is summed
 * outwards from 0 in cells of s, x = sinh s, by Gauss's three-point rule; inside its cell each quantile is found by Newton's method.
 * A hundred times as fast as one inverse at a time. nu > 0.
 * @param below ascending probabilities in [1e-12, 1/2]
 */
export function studentQuantiles(below: ArrayLike<number>, nu: number): Float64Array<ArrayBuffer> {
  const scale = Math.exp(gammaln((nu + 1) / 2) - gammaln(nu / 2)) / Math.sqrt(nu * Math.PI);
  const power = -(nu + 1) / 2;
  const density = (s: number): number => {
    const x = Math.sinh(s);
    return scale * Math.exp(power * Math.log1p((x * x) / nu)) * Math.cosh(s);
  };
  const mass = (from: number, width: number): number => {
    const [middle, half] = [from + width / 2, width / 2];
    return (
      (half / 9) *
      (5 * density(middle - half * NODE) + 8 * density(middle) + 5 * density(middle + half * NODE))
    );
  };
  const out = new Float64Array(below.length);
  let start = 0;
  let beyond = 0.5;
  let cell = mass(0, CELL);
  for (let i = below.length - 1; i >= 0; i--) {
    const p = below[i]!;
    while (beyond - cell > p && start < 700) {
      beyond -= cell;
      start += CELL;
      cell = mass(start, CELL);
    }
    let width = (CELL * (beyond - p)) / cell;
    for (let k = 0; k < 3; k++) {
      const step = (beyond - p - mass(start, width)) / density(start + width);
      width += step;
      // the error after a step is of the order of its square
      if (Math.abs(step) < 1e-7) break;
    }
    out[i] = -Math.sinh(start + width);
  }
  return out;
}
