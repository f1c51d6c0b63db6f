/** Middle of the bar's range: (high + low) / 2. */
export function medianPrice(high: Float64Array, low: Float64Array): Float64Array {
  return high.map((top, t) => (top + low[t]!) / 2);
}

/** Mean of high, low and close, the price of the bar where one number must do. */
export function typicalPrice(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  return high.map((top, t) => (top + low[t]! + close[t]!) / 3);
}
