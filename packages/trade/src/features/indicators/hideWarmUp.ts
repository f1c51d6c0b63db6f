/**
 * Makes the first `rows` rows of `out` NaN, and as many behind every value of `input` that is not finite, in place:
 * an average that has a number from its first value on says nothing yet in these rows.
 */
export function hideWarmUp(out: Float64Array, input: Float64Array, rows: number): Float64Array {
  let seen = 0;
  for (let t = 0; t < out.length; t++) {
    seen = Number.isFinite(input[t]!) ? seen + 1 : 0;
    if (seen <= rows) out[t] = Number.NaN;
  }
  return out;
}
