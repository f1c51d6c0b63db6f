/** A 95 % confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % point of the normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval (1927) of a share `hits` / `n`: it stays inside [0, 1] and has a width even when all or none
 * were hit, where the usual +- z s interval shrinks to a point. [0, 1] without rows. `n` may be an effective
 * number of rows, smaller than the counted one.
 */
export function wilsonInterval(hits: number, n: number): Interval {
  if (!(n > 0)) return { low: 0, high: 1 };
  const p = hits / n;
  const centre = (p + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Interval of the mean of K independent shares, such as balanced accuracy, the mean of the recalls: the method of
 * variance estimates recovery (Zou and Donner 2008), which joins the shares' own Wilson intervals [l, u]:
 *   low = mean - (1/K) sqrt(sum (p - l)^2),  high = mean + (1/K) sqrt(sum (u - p)^2).
 * It needs no random numbers, and unlike a bootstrap it is not empty when a rare class was never or always hit.
 */
export function meanShareInterval(shares: readonly { hits: number; n: number }[]): Interval {
  const k = shares.length;
  if (k === 0) return { low: 0, high: 1 };
  let mean = 0;
  let below = 0;
  let above = 0;
  for (const { hits, n } of shares) {
    const p = n > 0 ? hits / n : 0.5;
    const { low, high } = wilsonInterval(hits, n);
    mean += p / k;
    below += (p - low) ** 2;
    above += (high - p) ** 2;
  }
  return { low: Math.max(0, mean - Math.sqrt(below) / k), high: Math.min(1, mean + Math.sqrt(above) / k) };
}
