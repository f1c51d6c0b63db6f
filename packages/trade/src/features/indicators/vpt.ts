import { accumulate } from "./accumulate.ts";
import { finiteOrNaN } from "./finite.ts";
import { rawColumn } from "./newColumn.ts";
import { requireSameLength } from "./requirePeriod.ts";

/** What one bar adds to the volume-price trend: volume[t] (close[t] / close[t-1] - 1); NaN in the first row. */
export function priceVolume(close: Float64Array, volume: Float64Array): Float64Array {
  requireSameLength("priceVolume", close, volume);
  const out = rawColumn(close.length);
  if (out.length > 0) out[0] = Number.NaN;
  for (let t = 1; t < out.length; t++) {
    const before = close[t - 1]!;
    out[t] = before > 0 ? finiteOrNaN(volume[t]! * ((close[t]! - before) / before)) : Number.NaN;
  }
  return out;
}

/**
 * Volume-price trend (price and volume trend): vpt[0] = 0, vpt[t] = vpt[t-1] + volume[t] (close[t] / close[t-1] - 1).
 * Like OBV it has no bounds; only its differences mean anything.
 * Source: Achelis, Technical Analysis from A to Z, "Price and volume trend". TradingView's ta.pvt is the same.
 * A missing bar is NaN, and the row behind it is 0 again.
 */
export function vpt(close: Float64Array, volume: Float64Array): Float64Array {
  const flow = priceVolume(close, volume);
  return accumulate(flow, close, flow);
}
