import { isFiniteNumber } from "./finite.ts";
import { newColumn } from "./newColumn.ts";

/**
 * The running sum of flows. It is 0 in the first row and in the first that has a `level` behind one that has none: what
 * flowed into such a row is not known, the history begins in it. Any other flow that is not finite makes its row NaN and the
 * sum start at 0 behind it: across a hole the level is not known. The result goes into `out`, which may be `flow` itself.
 */
export function accumulate(
  flow: Float64Array,
  level: Float64Array,
  out: Float64Array = newColumn(flow.length),
): Float64Array {
  let sum = 0;
  for (let t = 0; t < flow.length; t++) {
    const next = sum + flow[t]!;
    if (isFiniteNumber(next)) {
      sum = next;
      out[t] = next;
      continue;
    }
    sum = 0;
    const begins = isFiniteNumber(level[t]!) && !(t > 0 && isFiniteNumber(level[t - 1]!));
    out[t] = begins ? 0 : Number.NaN;
  }
  return out;
}
