import { rawColumn } from "./newColumn.ts";
/** Middle of the bar's range: (high + low) / 2. */
export function medianPrice(high: Float64Array, low: Float64Array): Float64Array {
  const out = rawColumn(high.length);
  for (let t = 0; t < out.length; t++) out[t] = (high[t]! + low[t]!) / 2;
  return out;
}

/** Mean of high, low and close, the price of the bar where one number must do. */
export function typicalPrice(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  const out = rawColumn(high.length);
  for (let t = 0; t < out.length; t++) out[t] = (high[t]! + low[t]! + close[t]!) / 3;
  return out;
}
