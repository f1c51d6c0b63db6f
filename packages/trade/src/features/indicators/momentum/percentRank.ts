import { isFiniteNumber } from "../finite.ts";
import { newColumn } from "../newColumn.ts";

/**
 * Share of the `period` values before x[t] that are smaller than it, 0 to 100; NaN before row `period` and while they or x[t] hold a value that is
 * not finite. The values lie in a sorted window: a binary search for the value that comes and one for that which leaves, and those
 * between the two move by one place.
 *
 * Both searches take the same steps, halves of a power of two, so that neither waits for the other, and without a jump that depends on the
 * data: where a change ranks among the last hundred is a toss, and a processor that guesses wrong loses more than the products. Behind
 * the window's numbers lie infinities, which no number is beyond.
 */
export function percentRank(values: Float64Array, period: number): Float64Array {
  const out = newColumn(values.length);
  const most = Math.min(period, values.length) + 1;
  let largestStep = 1;
  while (largestStep * 2 <= most) largestStep *= 2;
  const sorted = new Float64Array(2 * largestStep).fill(Number.POSITIVE_INFINITY);
  let count = 0;
  for (let t = 0; t < out.length; t++) {
    const x = values[t]!;
    out[t] = Number.NaN;
    if (!isFiniteNumber(x)) {
      count = 0;
      sorted.fill(Number.POSITIVE_INFINITY);
      continue;
    }
    const isFull = count === period;
    const leaving = isFull ? values[t - period]! : x;
    let below = 0;
    // The place that becomes free: that of the oldest value, behind the last one while the window fills.
    let free = 0;
    for (let step = largestStep; step > 0; step >>= 1) {
      below += step * +(sorted[below + step - 1]! < x);
      free += step * +(sorted[free + step - 1]! < leaving);
    }
    if (isFull) out[t] = (100 * below) / period;
    else free = count++;
    for (; free + 1 < below; free++) sorted[free] = sorted[free + 1]!;
    for (; free > below; free--) sorted[free] = sorted[free - 1]!;
    sorted[free] = x;
  }
  return out;
}
