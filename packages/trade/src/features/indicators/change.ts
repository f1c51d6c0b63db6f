import { newColumn } from "./newColumn.ts";
/** x[t] - x[t-n]; NaN before row n. */
export function change(values: Float64Array, period = 1): Float64Array {
  const out = newColumn(values.length);
  out.fill(Number.NaN, 0, period);
  for (let t = period; t < out.length; t++) out[t] = values[t]! - values[t - period]!;
  return out;
}

/** The size of each change from one row to the next; NaN in the first row. */
export function stepSizes(values: Float64Array): Float64Array {
  const out = change(values);
  for (let t = 0; t < out.length; t++) out[t] = Math.abs(out[t]!);
  return out;
}
