import { rawColumn } from "./newColumn.ts";
/** What a column was `bars` rows before; NaN in the first ones; into `out`, which may be `values` itself. */
export function delayed(
  values: Float64Array,
  bars: number,
  out: Float64Array = rawColumn(values.length),
): Float64Array {
  if (out === values) out.copyWithin(bars, 0);
  else if (bars < out.length) out.set(values.subarray(0, out.length - bars), bars);
  out.fill(Number.NaN, 0, bars);
  return out;
}
