/**
 * The running sum of flows. It is 0 in the first row and in the first that has a `level` behind one that has none: what
 * flowed into such a row is not known, the history begins in it. Any other flow that is not finite makes its row NaN and the
 * sum start at 0 behind it: across a hole the level is not known.
 */
export function accumulate(flow: Float64Array, level: Float64Array): Float64Array {
  const out = new Float64Array(flow.length);
  let sum = 0;
  for (let t = 0; t < flow.length; t++) {
    const next = sum + flow[t]!;
    const known = Number.isFinite(next);
    sum = known ? next : 0;
    const begins = Number.isFinite(level[t]!) && !(t > 0 && Number.isFinite(level[t - 1]!));
    out[t] = known || begins ? sum : Number.NaN;
  }
  return out;
}
