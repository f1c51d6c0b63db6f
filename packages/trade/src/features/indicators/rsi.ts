import { isFiniteNumber } from "./finite.ts";
import { FLAT } from "./flat.ts";
import { rawColumn } from "./newColumn.ts";
import { requirePeriod } from "./requirePeriod.ts";

/**
 * Relative strength index, 0 to 100, default 14: rsi[t] = 100 G / (G + L), where G and L are Wilder's averages
 * (started by the simple mean of the first n) of the gains max(c[t] - c[t-1], 0) and the losses max(c[t-1] - c[t], 0).
 * The first value stands in row n, rows before are NaN.
 *
 * Source: Wilder 1978. Where nothing moved (G + L below 1e-9 of the price) it is 50, neither side having any strength;
 * TA-Lib says 0 there, TradingView 100. Cutler's variant takes simple means throughout and differs.
 */
export function rsi(close: Float64Array, period = 14): Float64Array {
  requirePeriod(period, "rsi");
  const out = rawColumn(close.length);
  const settled = 1 / period;
  let seen = 0;
  let gain = 0;
  let loss = 0;
  let before = Number.NaN;
  for (let t = 0; t < close.length; t++) {
    const change = close[t]! - before;
    before = close[t]!;
    if (!isFiniteNumber(change)) {
      seen = 0;
      gain = 0;
      loss = 0;
      out[t] = Number.NaN;
      continue;
    }
    seen++;
    const share = seen < period ? 1 / seen : settled;
    gain += (Math.max(change, 0) - gain) * share;
    loss += (Math.max(-change, 0) - loss) * share;
    const moved = gain + loss;
    if (seen < period || !isFiniteNumber(moved)) out[t] = Number.NaN;
    else out[t] = moved > FLAT * Math.abs(before) ? 100 * (gain / moved) : 50;
  }
  return out;
}
