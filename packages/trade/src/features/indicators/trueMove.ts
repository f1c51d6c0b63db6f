import { rawColumn } from "./newColumn.ts";
/** How a bar moved against the one before it; NaN where there is none before it. */
export interface TrueMove {
  /** max(high, close[t-1]) - min(low, close[t-1]) */
  readonly range: Float64Array;
  /** close - min(low, close[t-1]) */
  readonly buyingPressure: Float64Array;
}

/**
 * The true range of Wilder 1978 with the close before always part of it (as in TA-Lib and Tulip's directional movement),
 * and the buying pressure of Williams 1985.
 */
export function trueMove(high: Float64Array, low: Float64Array, close: Float64Array): TrueMove {
  const range = rawColumn(close.length);
  const buyingPressure = rawColumn(close.length);
  range.fill(Number.NaN, 0, 1);
  buyingPressure.fill(Number.NaN, 0, 1);
  for (let t = 1; t < close.length; t++) {
    const bottom = Math.min(low[t]!, close[t - 1]!);
    range[t] = Math.max(high[t]!, close[t - 1]!) - bottom;
    buyingPressure[t] = close[t]! - bottom;
  }
  return { range, buyingPressure };
}

/** The range of `trueMove` alone. */
export function trueMoveRange(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  const range = rawColumn(close.length);
  range.fill(Number.NaN, 0, 1);
  for (let t = 1; t < close.length; t++) {
    range[t] = Math.max(high[t]!, close[t - 1]!) - Math.min(low[t]!, close[t - 1]!);
  }
  return range;
}
