import { lowerBound, upperBound } from "../core/columns.ts";
import { DataError, UsageError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { LabelSpans } from "./labelSpans.ts";

/** Labels whose weights are summed together: a draw looks at n / BLOCK sums, then at BLOCK weights. */
const BLOCK = 256;

/** Draws labels one after another, each less likely the more it overlaps with those drawn. */
export interface SequentialDraws {
  /** of each label, to be drawn next */
  probabilities(): Float64Array;
  /** counts a label as drawn */
  take(label: number): void;
  /** draws a label by the probabilities and counts it */
  draw(random: Random): number;
}

/**
 * The sequential bootstrap: the probability of label i is proportional to its average uniqueness among those drawn so far and
 * itself, u[i] = mean over its bars of 1 / (1 + c[t]), c[t] how often bar t is spanned by a drawn label.
 *
 * A draw changes u only of the labels that overlap with it, by a difference of running sums over their common bars: O(labels
 * nearby) a draw, where the book's matrix takes all labels times all bars.
 *
 * Source: Lopez de Prado 2018, 4.5.1-4.5.2, snippet 4.5.
 */
export function sequentialDraws({ first, last, bars }: LabelSpans): SequentialDraws {
  const n = first.length;
  const starts = Float64Array.from(first);
  let longest = 0;
  for (let i = 0; i < n; i++) longest = Math.max(longest, last[i]! - first[i]! + 1);
  const drawn = new Int32Array(bars);
  const uniqueness = new Float64Array(n).fill(1);
  const sums = new Float64Array(Math.ceil(n / BLOCK));
  const sumBlocks = (from: number, to: number): void => {
    for (let b = Math.floor(from / BLOCK); b <= Math.floor(to / BLOCK); b++) {
      let sum = 0;
      for (let i = b * BLOCK; i < Math.min(n, (b + 1) * BLOCK); i++) sum += uniqueness[i]!;
      sums[b] = sum;
    }
  };
  if (n > 0) sumBlocks(0, n - 1);
  const falls = new Float64Array(longest + 1);

  const take = (label: number): void => {
    if (!(Number.isInteger(label) && label >= 0 && label < n))
      throw new UsageError(`sequential bootstrap: there is no label ${label} of ${n}`);
    const from = first[label]!;
    const to = last[label]!;
    for (let t = from; t <= to; t++) {
      const c = drawn[t]!++;
      falls[t - from + 1] = falls[t - from]! + 1 / (1 + c) - 1 / (2 + c);
    }
    const begin = lowerBound(starts, from - longest + 1);
    const end = upperBound(starts, to);
    for (let i = begin; i < end; i++) {
      const a = Math.max(from, first[i]!);
      const b = Math.min(to, last[i]!);
      if (a > b) continue;
      uniqueness[i]! -= (falls[b - from + 1]! - falls[a - from]!) / (last[i]! - first[i]! + 1);
    }
    sumBlocks(begin, end - 1);
  };

  return {
    probabilities() {
      const total = sums.reduce((a, b) => a + b, 0);
      return uniqueness.map((u) => u / total);
    },
    take,
    draw(random) {
      if (n === 0) throw new DataError("sequential bootstrap: there is no label to draw");
      let left = random.next() * sums.reduce((a, b) => a + b, 0);
      let block = 0;
      while (block < sums.length - 1 && left >= sums[block]!) left -= sums[block++]!;
      let label = block * BLOCK;
      const blockEnd = Math.min(n, label + BLOCK) - 1;
      while (label < blockEnd && left >= uniqueness[label]!) left -= uniqueness[label++]!;
      take(label);
      return label;
    },
  };
}

/** @param draws how many labels are drawn, with replacement; as many as there are unless given */
export function sequentialBootstrap(
  spans: LabelSpans,
  random: Random,
  draws: number = spans.first.length,
): Int32Array {
  if (!(Number.isInteger(draws) && draws >= 0))
    throw new UsageError(`sequential bootstrap: ${draws} is no number of draws`);
  const sample = sequentialDraws(spans);
  return Int32Array.from({ length: draws }, () => sample.draw(random));
}
