/** What kernels give: a column of numbers or NaN. */
export type FeatureValues = Float64Array | Float32Array;

/** 64-bit values as the 32-bit floats that networks take; what does not fit is NaN, never an infinity. */
export function narrow(values: FeatureValues): Float32Array {
  const out = values instanceof Float32Array ? values : new Float32Array(values);
  for (let t = 0; t < out.length; t++) if (!Number.isFinite(out[t]!)) out[t] = Number.NaN;
  return out;
}
