import { finiteOrNaN } from "./finite.ts";
import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";

/**
 * Highest of the last `period` values: m[t] = max(x[t-period+1], ..., x[t]); NaN before row period-1 and while the window
 * holds a value that is not finite. The upper Donchian channel when fed with highs. O(1) a bar: the maximum of a block's
 * suffix and the next block's prefix (van Herk 1992, Gil and Werman 1993). The result goes into `out`, which may be `values` itself.
 */
export function rollingMax(
  values: Float64Array,
  period: number,
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  requirePeriod(period, "rollingMax");
  return rollingExtreme(values, period, 1, out);
}

/** Lowest of the last `period` values, otherwise as `rollingMax`. The lower Donchian channel when fed with lows. */
export function rollingMin(
  values: Float64Array,
  period: number,
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  requirePeriod(period, "rollingMin");
  return rollingExtreme(values, period, -1, out);
}

function rollingExtreme(values: Float64Array, period: number, side: 1 | -1, out: Float64Array): Float64Array {
  const length = values.length;
  const size = Math.min(period, length) + 1;
  // No number is worse than this: what stands where a window has no row of the block before.
  const worst = -side * Number.MAX_VALUE;
  // The extremes of the last rows of the block before, and those of the current one; the block itself, since `out` may cover it.
  let older = new Float64Array(size).fill(worst);
  let newer = new Float64Array(size);
  const block = new Float64Array(size);
  for (let start = 0; start < length; start += period) {
    const rows = Math.min(period, length - start);
    for (let j = 0; j < rows; j++) block[j] = finiteOrNaN(values[start + j]!);
    let tail = worst;
    let prefix = worst;
    // One from behind and one from the front at once: neither waits for the other.
    for (let j = 0; j < rows; j++) {
      const back = rows - 1 - j;
      tail = better(tail, block[back]!, side);
      newer[back] = tail;
      prefix = better(prefix, block[j]!, side);
      out[start + j] = better(older[j + 1]!, prefix, side);
    }
    [older, newer] = [newer, older];
    older[rows] = worst;
  }
  out.fill(Number.NaN, 0, period - 1);
  return out;
}

/**
 * The greater (side 1) or the lesser of two finite numbers, NaN where one is NaN. The one is taken once and the other no time instead of
 * a jump: which of two prices is greater is a toss, and a processor that guesses wrong loses more than the four operations.
 */
function better(a: number, b: number, side: 1 | -1): number {
  const second = +(side === 1 ? b > a : b < a);
  return b * second + a * (1 - second);
}
