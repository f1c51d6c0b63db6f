/**
 * The running sum of flows: 0 in the first row, whose flow is not known, if it has a `level`. A later flow that is
 * not finite makes its row NaN and the sum starts at 0 again: across a hole the level is not known.
 */
export function accumulate(flow: Float64Array, level: Float64Array): Float64Array {
  const out = new Float64Array(flow.length);
  let sum = 0;
  for (let t = 0; t < flow.length; t++) {
    const next = sum + flow[t]!;
    const known = Number.isFinite(next);
    sum = known ? next : 0;
    out[t] = known || (t === 0 && Number.isFinite(level[0]!)) ? sum : Number.NaN;
  }
  return out;
}
