import type { Interval } from "../evaluation/index.ts";

/** The 97.5 % point of the normal distribution. */
const Z = 1.959963984540054;

/** Pearson's correlation of two columns; null when either does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const n = a.length;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    const da = a[i]! - meanA;
    const db = b[i]! - meanB;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))) : null;
}

/** Spearman's rank correlation: Pearson's of the ranks, equals sharing their mean rank. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  return correlation(midRanks(a), midRanks(b));
}

function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}

/**
 * 95 % interval of a correlation from n independent pairs, by Fisher's z = atanh r with variance 1 / (n - 3), or
 * (1 + r^2 / 2) / (n - 3) for ranks (Bonett and Wright 2000). null where n is 3 or less.
 */
export function correlationInterval(
  r: number | null,
  n: number,
  kind: "pearson" | "rank" = "pearson",
): Interval | null {
  if (r === null || !(n > 3) || Math.abs(r) >= 1) return null;
  const half = Z * Math.sqrt((kind === "rank" ? 1 + (r * r) / 2 : 1) / (n - 3));
  return { low: Math.tanh(Math.atanh(r) - half), high: Math.tanh(Math.atanh(r) + half) };
}

/**
 * 95 % interval of the mean of a column by the normal approximation over days: the instruments of a day share the
 * market, so each day is one observation (its mean), and days whose outcomes overlap count as days / overlap.
 * null with fewer than 3 such observations.
 * @param day which day each value belongs to
 */
export function dailyMeanInterval(
  values: Float64Array,
  day: ArrayLike<number>,
  overlap: number,
): Interval | null {
  const days = new Map<number, { sum: number; n: number }>();
  values.forEach((value, i) => {
    const known = days.get(day[i]!);
    if (known) {
      known.sum += value;
      known.n++;
    } else days.set(day[i]!, { sum: value, n: 1 });
  });
  const effective = days.size / overlap;
  if (effective < 3) return null;
  const means = [...days.values()].map(({ sum, n }) => sum / n);
  const centre = means.reduce((a, b) => a + b, 0) / means.length;
  const variance = means.reduce((s, m) => s + (m - centre) ** 2, 0) / (means.length - 1);
  const half = Z * Math.sqrt(variance / effective);
  return { low: centre - half, high: centre + half };
}

export function meanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return sum / values.length;
}

/** Cross entropy of probabilities `said` of an event that happened (1) or not (0), mean over the rows. */
export function probabilityLoss(happened: ArrayLike<number>, said: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < happened.length; i++) {
    const p = Math.min(1 - 1e-6, Math.max(1e-6, said[i]!));
    sum -= happened[i] === 1 ? Math.log(p) : Math.log(1 - p);
  }
  return sum / happened.length;
}
