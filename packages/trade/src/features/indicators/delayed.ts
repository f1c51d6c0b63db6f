/** What a column was `bars` rows before; NaN in the first ones. */
export function delayed(values: Float64Array, bars: number): Float64Array {
  const out = new Float64Array(values.length);
  out.fill(Number.NaN, 0, bars);
  if (bars < out.length) out.set(values.subarray(0, out.length - bars), bars);
  return out;
}
