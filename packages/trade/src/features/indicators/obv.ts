import { accumulate } from "./accumulate.ts";
import { finiteOrNaN } from "./finite.ts";
import { rawColumn } from "./newColumn.ts";
import { requireSameLength } from "./requirePeriod.ts";

/** What one bar adds to on-balance volume: its volume with the sign of close[t] - close[t-1]; NaN in the first row. */
export function signedVolume(close: Float64Array, volume: Float64Array): Float64Array {
  requireSameLength("signedVolume", close, volume);
  const out = rawColumn(close.length);
  if (out.length > 0) out[0] = Number.NaN;
  for (let t = 1; t < out.length; t++) {
    out[t] = finiteOrNaN(Math.sign(close[t]! - close[t - 1]!) * volume[t]!);
  }
  return out;
}

/**
 * On-balance volume: obv[0] = 0, obv[t] = obv[t-1] + sign(close[t] - close[t-1]) volume[t].
 * Only its differences mean anything: it has no bounds and depends on where the history begins.
 * Source: Granville 1963. Tulip and TradingView start at 0 too, TA-Lib at volume[0].
 * A missing bar is NaN, and the row behind it is 0 again.
 */
export function obv(close: Float64Array, volume: Float64Array): Float64Array {
  const flow = signedVolume(close, volume);
  return accumulate(flow, close, flow);
}
