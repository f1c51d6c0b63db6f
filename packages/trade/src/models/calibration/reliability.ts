import { DataError, UsageError } from "../../core/errors.ts";
import { type Interval, wilsonInterval } from "../evaluation/intervals.ts";

export interface ReliabilityBin {
  /** of the probabilities: [from, to), the last one closed */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** mean probability told, and share of hits; NaN without rows */
  readonly told: number;
  readonly share: number;
  /** Wilson's 95 % interval of the share; [0, 1] without rows */
  readonly interval: Interval;
}

/** Brier score of one event, mean (p - hit)², taken apart over bins; brier = reliability - resolution + uncertainty + within. */
export interface BrierParts {
  readonly brier: number;
  /** Σ n_b/N (told_b - share_b)²: 0 when calibrated */
  readonly reliability: number;
  /** Σ n_b/N (share_b - share)²: how far the forecasts tell rows apart */
  readonly resolution: number;
  /** share (1 - share): the score of one who knows the share alone */
  readonly uncertainty: number;
  /** what forecasts that differ inside a bin add: mean (p - told_b)² - 2 (p - told_b)(hit - share_b) */
  readonly within: number;
}

export interface Reliability {
  readonly rows: number;
  readonly bins: readonly ReliabilityBin[];
  readonly brier: BrierParts;
  /** expected calibration error, Σ n_b/N |told_b - share_b| */
  readonly expectedError: number;
  /** the largest |told_b - share_b| of a bin with rows */
  readonly largestError: number;
}

/**
 * How often an event came true among rows of which it was told with about the same probability. Sources: Murphy 1973
 * (parts of the Brier score), Stephenson, Coelho and Jolliffe 2008 (their rest within bins), Naeini, Cooper and Hauskrecht
 * 2015 (expected calibration error).
 * @param p [N] probability of the event
 * @param hits [N] 1 where it came true
 * @param options `count` bins, of equal width, or of equally many rows (equal probabilities stay together)
 */
export function reliability(
  p: ArrayLike<number>,
  hits: ArrayLike<number>,
  options: { count?: number; by?: "width" | "rows" } = {},
): Reliability {
  const { count = 10, by = "width" } = options;
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`reliability: ${count} bins are not possible: give 1 or more`);
  const rows = p.length;
  if (rows === 0 || hits.length !== rows)
    throw new DataError(
      `reliability: ${hits.length} outcomes for ${rows} probabilities: give the same number, 1 or more`,
    );
  for (let i = 0; i < rows; i++)
    if (!(p[i]! >= 0 && p[i]! <= 1)) throw new DataError(`reliability: row ${i}: ${p[i]} is no probability`);
  const edges = by === "width" ? Array.from({ length: count + 1 }, (_, b) => b / count) : rowEdges(p, count);
  const last = edges.length - 2;
  const sums = edges.slice(1).map(() => ({ rows: 0, told: 0, hits: 0 }));
  const binOf = (v: number): number => {
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle]! <= v) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const place = Int32Array.from({ length: rows }, (_, i) => binOf(p[i]!));
  let [brier, all] = [0, 0];
  place.forEach((b, i) => {
    const hit = hits[i]! > 0 ? 1 : 0;
    const sum = sums[b]!;
    sum.rows++;
    sum.told += p[i]!;
    sum.hits += hit;
    all += hit;
    brier += (p[i]! - hit) ** 2 / rows;
  });
  const bins = sums.map((sum, b) => ({
    from: edges[b]!,
    to: edges[b + 1]!,
    rows: sum.rows,
    told: sum.rows > 0 ? sum.told / sum.rows : Number.NaN,
    share: sum.rows > 0 ? sum.hits / sum.rows : Number.NaN,
    interval: wilsonInterval(sum.hits, sum.rows),
  }));
  const share = all / rows;
  const over = (of: (bin: ReliabilityBin) => number): number =>
    bins.reduce((sum, bin) => (bin.rows > 0 ? sum + (bin.rows / rows) * of(bin) : sum), 0);
  let within = 0;
  place.forEach((b, i) => {
    const { told, share: own } = bins[b]!;
    const away = p[i]! - told;
    within += (away ** 2 - 2 * away * ((hits[i]! > 0 ? 1 : 0) - own)) / rows;
  });
  return {
    rows,
    bins,
    brier: {
      brier,
      reliability: over((bin) => (bin.told - bin.share) ** 2),
      resolution: over((bin) => (bin.share - share) ** 2),
      uncertainty: share * (1 - share),
      within,
    },
    expectedError: over((bin) => Math.abs(bin.told - bin.share)),
    largestError: bins.reduce(
      (most, b) => (b.rows > 0 ? Math.max(most, Math.abs(b.told - b.share)) : most),
      0,
    ),
  };
}

/** 0, the probabilities at which a new stretch of equally many rows begins, 1; each once. */
function rowEdges(p: ArrayLike<number>, count: number): number[] {
  const sorted = Float64Array.from(p).sort();
  const inner = Array.from(
    { length: count - 1 },
    (_, b) => sorted[Math.floor(((b + 1) * sorted.length) / count)]!,
  );
  return [...new Set([0, ...inner.filter((v) => v > 0), 1])].sort((a, b) => a - b);
}

/**
 * Reliability of the most probable class: told with its probability, a hit where it was right (Guo et al. 2017).
 * @param probabilities [N, K]
 */
export function confidenceReliability(
  probabilities: ArrayLike<number>,
  y: ArrayLike<number>,
  classes: number,
  options: { count?: number; by?: "width" | "rows" } = {},
): Reliability {
  const p = new Float64Array(y.length);
  const hits = new Uint8Array(y.length);
  for (let i = 0; i < y.length; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++)
      if (probabilities[i * classes + k]! > probabilities[i * classes + best]!) best = k;
    p[i] = Math.min(1, probabilities[i * classes + best]!);
    hits[i] = best === y[i] ? 1 : 0;
  }
  return reliability(p, hits, options);
}
