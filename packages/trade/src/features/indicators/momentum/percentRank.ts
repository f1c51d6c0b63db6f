/**
 * Share of the `period` values before x[t] that are smaller than it, 0 to 100; NaN before row `period` and while they or x[t] hold a value that is
 * not finite. The values lie in a sorted window: a binary search and one move of memory a bar.
 */
export function percentRank(values: Float64Array, period: number): Float64Array {
  const out = new Float64Array(values.length);
  const sorted = new Float64Array(Math.min(period, values.length) + 1);
  let count = 0;
  for (let t = 0; t < out.length; t++) {
    const x = values[t]!;
    out[t] = Number.NaN;
    if (!Number.isFinite(x)) {
      count = 0;
      continue;
    }
    const below = smaller(sorted, count, x);
    if (count === period) {
      out[t] = (100 * below) / period;
      const oldest = smaller(sorted, count, values[t - period]!);
      sorted.copyWithin(oldest, oldest + 1, count);
      count--;
    }
    const place = smaller(sorted, count, x);
    sorted.copyWithin(place + 1, place, count);
    sorted[place] = x;
    count++;
  }
  return out;
}

/** How many of the first `count` numbers of an ascending column are below x. */
function smaller(sorted: Float64Array, count: number, x: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
