import { isFiniteNumber } from "../finite.ts";

/**
 * Share of the `period` values before x[t] that are smaller than it, 0 to 100; NaN before row `period` and while they or x[t] hold a value that is
 * not finite. The values lie in a sorted window: a binary search for the value that comes and one for that which leaves, and those
 * between the two move by one place.
 */
export function percentRank(values: Float64Array, period: number): Float64Array {
  const out = new Float64Array(values.length);
  const sorted = new Float64Array(Math.min(period, values.length) + 1);
  let count = 0;
  for (let t = 0; t < out.length; t++) {
    const x = values[t]!;
    out[t] = Number.NaN;
    if (!isFiniteNumber(x)) {
      count = 0;
      continue;
    }
    const below = smaller(sorted, count, x);
    // The place that becomes free: that of the oldest value, behind the last one while the window fills.
    let free = count;
    if (count === period) {
      out[t] = (100 * below) / period;
      free = smaller(sorted, count, values[t - period]!);
    } else count++;
    for (; free + 1 < below; free++) sorted[free] = sorted[free + 1]!;
    for (; free > below; free--) sorted[free] = sorted[free - 1]!;
    sorted[free] = x;
  }
  return out;
}

/**
 * How many of the first `count` numbers of an ascending column are below x. Without a jump that depends on the data: where a
 * change ranks among the last hundred is a toss, and a processor that guesses wrong loses more than the products.
 */
function smaller(sorted: Float64Array, count: number, x: number): number {
  let low = 0;
  let length = count;
  while (length > 0) {
    const half = length >> 1;
    const beyond = +(sorted[low + half]! < x);
    low += beyond * (half + 1);
    length = half - beyond * (half + half + 1 - length);
  }
  return low;
}
