import { UsageError } from "../../core/errors.ts";

/**
 * Median of the last n values: m[t] = the middle of x[t-n+1], ..., x[t] in order, the mean of the two middle ones where n is
 * even. NaN before row n-1 and while the window holds a value that is not finite. O(n) a bar: the window is kept in order.
 */
export function rollingMedian(values: Float64Array, period: number): Float64Array {
  if (!Number.isInteger(period) || period < 1)
    throw new UsageError(`median: a period of ${period} bars is not possible: give a whole number above 0`);
  const out = new Float64Array(values.length).fill(Number.NaN);
  const window = new Float64Array(period);
  let count = 0;
  for (let t = 0; t < values.length; t++) {
    const x = values[t]!;
    if (!Number.isFinite(x)) {
      count = 0;
      continue;
    }
    if (count === period) remove(window, count--, values[t - period]!);
    insert(window, count++, x);
    if (count === period) out[t] = middle(window);
  }
  return out;
}

function insert(ordered: Float64Array, count: number, x: number): void {
  let k = count;
  for (; k > 0 && ordered[k - 1]! > x; k--) ordered[k] = ordered[k - 1]!;
  ordered[k] = x;
}

function remove(ordered: Float64Array, count: number, x: number): void {
  const k = ordered.indexOf(x);
  ordered.copyWithin(k, k + 1, count);
}

function middle(ordered: Float64Array): number {
  const [a, b] = [ordered[(ordered.length - 1) >> 1]!, ordered[ordered.length >> 1]!];
  return a + (b - a) / 2;
}
