import { requirePeriod } from "./requirePeriod.ts";

/**
 * Highest of the last `period` values: m[t] = max(x[t-period+1], ..., x[t]); NaN before row period-1 and while the window
 * holds a value that is not finite. The upper Donchian channel when fed with highs. O(1) a bar: the maximum of a block's
 * suffix and the next block's prefix (van Herk 1992, Gil and Werman 1993).
 */
export function rollingMax(values: Float64Array, period: number): Float64Array {
  requirePeriod(period, "rollingMax");
  return rollingExtreme(values, period, 1);
}

/** Lowest of the last `period` values, otherwise as `rollingMax`. The lower Donchian channel when fed with lows. */
export function rollingMin(values: Float64Array, period: number): Float64Array {
  requirePeriod(period, "rollingMin");
  return rollingExtreme(values, period, -1);
}

function rollingExtreme(values: Float64Array, period: number, side: 1 | -1): Float64Array {
  const length = values.length;
  const out = new Float64Array(length);
  const suffix = new Float64Array(Math.min(period, length) + 1);
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    let prefix = finite(values[start]!);
    for (let t = start; t < end; t++) {
      prefix = better(prefix, finite(values[t]!), side);
      const whole = t - start === period - 1;
      if (start === 0 && !whole) out[t] = Number.NaN;
      else out[t] = whole ? prefix : better(suffix[t - start + 1]!, prefix, side);
    }
    if (end - start < period) break;
    let tail = finite(values[end - 1]!);
    for (let j = period - 1; j > 0; j--) {
      tail = better(tail, finite(values[start + j]!), side);
      suffix[j] = tail;
    }
  }
  return out;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

function better(a: number, b: number, side: 1 | -1): number {
  return side === 1 ? Math.max(a, b) : Math.min(a, b);
}
