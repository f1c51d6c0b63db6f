import { DataError, UsageError } from "../core/errors.ts";
import type { LabelSpans } from "./labelSpans.ts";

/** How many labels span each bar. Source: Lopez de Prado 2018, 4.3, snippet 4.1. */
export function concurrency({ first, last, bars }: LabelSpans): Int32Array {
  const changes = new Int32Array(bars + 1);
  for (let i = 0; i < first.length; i++) {
    changes[first[i]!]!++;
    changes[last[i]! + 1]!--;
  }
  for (let t = 1; t <= bars; t++) changes[t]! += changes[t - 1]!;
  return changes.slice(0, bars);
}

/** Mean over each label's bars of 1 / (labels that span the bar): 1 alone, 1/k among k. Source: 4.4, snippet 4.2. */
export function averageUniqueness(spans: LabelSpans): Float64Array {
  const share = Float64Array.from(concurrency(spans), (count) => (count > 0 ? 1 / count : 0));
  return spanSums(spans, share).map((sum, i) => sum / (spans.last[i]! - spans.first[i]! + 1));
}

/**
 * Weights by how much of the market's move a label has for itself: |sum over its bars of r[t] / concurrency[t]|, r the log
 * return of the bar, scaled to a mean of 1. Source: 4.6, snippet 4.10.
 * @throws DataError when a bar inside a label has no return (naming it), or no label has any
 */
export function returnAttribution(spans: LabelSpans, close: Float64Array): Float64Array {
  if (close.length !== spans.bars)
    throw new DataError(`return attribution: ${close.length} closes for ${spans.bars} bars`);
  const share = new Float64Array(spans.bars);
  concurrency(spans).forEach((count, t) => {
    if (count === 0) return;
    const r = t > 0 ? Math.log(close[t]! / close[t - 1]!) : Number.NaN;
    if (!(close[t]! > 0 && Number.isFinite(r)))
      throw new DataError(`return attribution: bar ${t} has no return, but a label that spans it`);
    share[t] = r / count;
  });
  const sums = spanSums(spans, share).map(Math.abs);
  const total = sums.reduce((a, b) => a + b, 0);
  if (sums.length > 0 && !(total > 0))
    throw new DataError("return attribution: no label's price moves: there is nothing to weigh by");
  return sums.map((sum) => (sum * sums.length) / total);
}

/**
 * Weights that fall from 1 at the newest label towards `oldest` before the oldest, piecewise linear, in time counted by uniqueness: with
 * x[i] the running sum of `uniqueness` up to label i and X all of it, max(0, 1 - slope (X - x[i])), slope = (1 - oldest) / X
 * for oldest >= 0, else 1 / ((1 + oldest) X): then the oldest share -oldest of X weighs 0.
 * Source: 4.7, snippet 4.11.
 * @param uniqueness of labels in order of time
 * @param oldest above -1, at most 1, which is no decay
 */
export function timeDecay(uniqueness: Float64Array, oldest: number): Float64Array {
  if (!(oldest > -1 && oldest <= 1))
    throw new UsageError(`time decay: the oldest weight ${oldest} is not above -1 and at most 1`);
  const bad = uniqueness.findIndex((u) => !(u > 0 && u <= 1));
  if (bad >= 0)
    throw new DataError(`time decay: label ${bad} has a uniqueness of ${uniqueness[bad]}: it lies in (0, 1]`);
  const total = uniqueness.reduce((a, b) => a + b, 0);
  const slope = oldest >= 0 ? (1 - oldest) / total : 1 / ((1 + oldest) * total);
  let newer = total;
  return uniqueness.map((u) => {
    newer -= u;
    return Math.max(0, 1 - slope * Math.max(0, newer));
  });
}

/**
 * Weights under which each class that occurs weighs the same in sum: n / (classes x rows of the class); mean 1.
 * Source: King and Zeng 2001, Logistic Regression in Rare Events Data, as scikit-learn's "balanced" has it.
 * @param classes whole numbers
 * @throws DataError naming a row without a class
 */
export function classBalanceWeights(classes: ArrayLike<number>): Float64Array {
  const counts = new Map<number, number>();
  for (let i = 0; i < classes.length; i++) {
    if (!Number.isInteger(classes[i]))
      throw new DataError(`class balance: row ${i}: ${classes[i]} is no class: drop rows without a label`);
    counts.set(classes[i]!, (counts.get(classes[i]!) ?? 0) + 1);
  }
  return Float64Array.from(classes, (c) => classes.length / (counts.size * counts.get(c)!));
}

/** Sums of a bar's values over each span, by running sums: O(bars + labels). */
function spanSums({ first, last, bars }: LabelSpans, values: Float64Array): Float64Array {
  const running = new Float64Array(bars + 1);
  for (let t = 0; t < bars; t++) running[t + 1] = running[t]! + values[t]!;
  return Float64Array.from(first, (from, i) => running[last[i]! + 1]! - running[from]!);
}
