import { DataError } from "../../../core/errors.ts";

/**
 * Kendall's rank correlation with ties (tau-b): (concordant - discordant) / sqrt((n0 - n1)(n0 - n2)), n0 = n(n-1)/2, n1 and n2
 * the pairs tied in x and in y; NaN where x or y is constant. Steps in the order of n log n.
 * Source: Knight, A Computer Method for Calculating Kendall's Tau, J. of the American Statistical Association 61 (1966).
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  if (y.length !== n) throw new DataError(`${n} values beside ${y.length} have no rank correlation`);
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!);
  const [tiedX, tiedBoth] = [tiedPairs(order, [x]), tiedPairs(order, [x, y])];
  const values = Float64Array.from(order, (i) => y[i]!);
  const swaps = sortCounting(values);
  const byY = Int32Array.from({ length: n }, (_, i) => i);
  const tiedY = tiedPairs(byY, [values]);
  const pairs = (n * (n - 1)) / 2;
  const scale = Math.sqrt(pairs - tiedX) * Math.sqrt(pairs - tiedY);
  return scale > 0 ? (pairs - tiedX - tiedY + tiedBoth - 2 * swaps) / scale : Number.NaN;
}

/** Pairs of equal neighbours in an order that puts equal ones side by side. */
function tiedPairs(order: Int32Array, columns: readonly ArrayLike<number>[]): number {
  let pairs = 0;
  let run = 1;
  for (let k = 1; k <= order.length; k++) {
    const same = k < order.length && columns.every((c) => c[order[k]!] === c[order[k - 1]!]);
    if (same) run++;
    else {
      pairs += (run * (run - 1)) / 2;
      run = 1;
    }
  }
  return pairs;
}

/** Sorts by merging and counts the inversions. */
function sortCounting(values: Float64Array): number {
  const n = values.length;
  const buffer = new Float64Array(n);
  let swaps = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let [i, j] = [start, middle];
      for (let k = start; k < end; k++) {
        if (i < middle && (j >= end || values[i]! <= values[j]!)) buffer[k] = values[i++]!;
        else {
          buffer[k] = values[j++]!;
          swaps += middle - i;
        }
      }
    }
    values.set(buffer);
  }
  return swaps;
}
