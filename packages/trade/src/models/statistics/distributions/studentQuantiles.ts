import gammaln from "@stdlib/math-base-special-gammaln";

/** Width of a cell in s, x = sinh s: three Gauss points integrate the density over it to 1e-15. */
const CELL = 0.03;
const NODE = Math.sqrt(0.6);

/**
 * Quantiles of Student's t (not scaled) at many probabilities at once, to 1e-10 of their size down to p = 1e-4 (to 1e-13 / p below),
 * for one nu after the other. The distribution is summed outwards from 0 in cells of s, x = sinh s, by Gauss's three-point rule;
 * inside its cell each quantile is that of the quintic in l = ln p that has s and its first two derivatives at both ends: with
 * density g(s) and m = p / g,
 *   ds/dl = -m,  d2s/dl2 = m dm/ds = -m (1 + m g'/g).
 * nu > 0.
 * @param below ascending probabilities in [1e-12, 1/2]
 */
export function studentQuantiles(below: ArrayLike<number>): (nu: number) => Float64Array<ArrayBuffer> {
  const levels = Float64Array.from(below, Math.log);
  return (nu) => {
    const constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * Math.log(nu * Math.PI);
    const power = -(nu + 1) / 2;
    const density = (s: number): number => {
      const up = Math.exp(s);
      const x = 0.5 * (up - 1 / up);
      return Math.exp(constant + power * Math.log(1 + (x * x) / nu)) * 0.5 * (up + 1 / up);
    };
    const nodeAt = (s: number, p: number): Node => {
      const x = Math.sinh(s);
      const ratio = p / density(s);
      const slope = Math.tanh(s) + (2 * power * x * Math.cosh(s)) / (nu + x * x);
      return { level: Math.log(p), s, first: -ratio, second: -ratio * (1 + ratio * slope) };
    };
    const mass = (from: number): number => {
      const middle = from + 0.5 * CELL;
      const reach = 0.5 * CELL * NODE;
      return (CELL / 18) * (5 * density(middle - reach) + 8 * density(middle) + 5 * density(middle + reach));
    };
    const out = new Float64Array(levels.length);
    let k = 0;
    let beyond = 0.5;
    let low = nodeAt(0, beyond);
    let high = low;
    for (let i = levels.length - 1; i >= 0; i--) {
      const level = levels[i]!;
      while (high.level > level) {
        beyond -= mass(CELL * k);
        k++;
        low = high;
        high = nodeAt(CELL * k, beyond);
      }
      out[i] = low === high ? 0 : -Math.sinh(between(low, high, level));
    }
    return out;
  };
}

interface Node {
  readonly level: number;
  readonly s: number;
  /** derivatives of s by the level */
  readonly first: number;
  readonly second: number;
}

/** The polynomial of fifth degree with the values and the two derivatives of both ends (Hermite). */
function between(low: Node, high: Node, level: number): number {
  const width = high.level - low.level;
  const t = (level - low.level) / width;
  // Newton's form on the nodes 0 0 0 1 1 1
  const rise = high.s - low.s;
  const [a, b] = [low.first * width, high.first * width];
  const [half, end] = [0.5 * low.second * width * width, 0.5 * high.second * width * width];
  const c3 = rise - a - half;
  const c4 = b - 3 * rise + 2 * a + half;
  const c5 = end - 3 * b + 6 * rise - 3 * a - half;
  return low.s + t * (a + t * (half + t * (c3 + (t - 1) * (c4 + (t - 1) * c5))));
}
