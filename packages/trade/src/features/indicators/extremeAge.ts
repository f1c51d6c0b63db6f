import { requirePeriod } from "./requirePeriod.ts";

/**
 * Bars since the highest (`side` 1) or the lowest (`side` -1) of the last `period` values, 0 for the current bar; of equal
 * values the newest counts. NaN before row period-1 and while the window holds a value that is not finite.
 * O(1) a bar amortised: candidates lie in a ring in falling order, those that a newer value beats are dropped (Lemire 2006).
 */
export function extremeAge(values: Float64Array, period: number, side: 1 | -1): Float64Array {
  requirePeriod(period, "extremeAge");
  const out = new Float64Array(values.length);
  const ring = new Float64Array(Math.min(period, values.length) + 1);
  const size = ring.length;
  let head = 0;
  let count = 0;
  let seen = 0;
  for (let t = 0; t < out.length; t++) {
    const x = values[t]!;
    if (!Number.isFinite(x)) {
      seen = 0;
      count = 0;
      out[t] = Number.NaN;
      continue;
    }
    seen++;
    while (count > 0 && side * values[ring[(head + count - 1) % size]!]! <= side * x) count--;
    ring[(head + count) % size] = t;
    count++;
    if (ring[head]! <= t - period) {
      head = (head + 1) % size;
      count--;
    }
    out[t] = seen >= period ? t - ring[head]! : Number.NaN;
  }
  return out;
}
