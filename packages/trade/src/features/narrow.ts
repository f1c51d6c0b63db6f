/** What kernels give: a column of numbers or NaN. */
export type FeatureValues = Float64Array | Float32Array;

/** 64-bit values as the 32-bit floats that networks take, 32-bit ones in place; what does not fit is NaN, never an infinity. */
export function narrow(values: FeatureValues): Float32Array {
  const out = values instanceof Float32Array ? values : new Float32Array(values);
  const fours = out.length - (out.length % 4);
  // Four at a time: their sum is finite where each of them is (in 64 bits it cannot overflow), and only the others are looked at one by one.
  for (let t = 0; t < fours; t += 4) {
    const sum = out[t]! + out[t + 1]! + (out[t + 2]! + out[t + 3]!);
    if (!(sum - sum === 0)) hideInfinite(out, t, t + 4);
  }
  hideInfinite(out, fours, out.length);
  return out;
}

/** Also the one NaN of the language for each: a computed one may have another sign from run to run. */
function hideInfinite(column: Float32Array, from: number, to: number): void {
  for (let t = from; t < to; t++) {
    const x = column[t]!;
    if (!(x - x === 0)) column[t] = Number.NaN;
  }
}
