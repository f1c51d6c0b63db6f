import { UsageError } from "../../core/errors.ts";
import { ema, emaLookback } from "./ema.ts";
import { finiteOrNaN } from "./finite.ts";
import { requirePeriod } from "./requirePeriod.ts";

export interface Macd {
  readonly line: Float64Array;
  readonly signal: Float64Array;
  readonly histogram: Float64Array;
}

/**
 * Moving average convergence divergence, default 12 26 9:
 *   line = EMA(close, fast) - EMA(close, slow),  signal = EMA(line, signal),  histogram = line - signal.
 * The line begins in row slow-1, signal and histogram in row slow+signal-2; rows before are NaN.
 *
 * Source: Appel 1979; the histogram is Aspray's (1986). TA-Lib starts the fast average so late that both first appear
 * in the same row, Achelis and Tulip start all averages from one value: they agree after `macdLookback` bars.
 */
export function macd(close: Float64Array, fast = 12, slow = 26, signal = 9): Macd {
  requirePeriod(fast, "macd fast");
  requirePeriod(slow, "macd slow");
  requirePeriod(signal, "macd signal");
  if (fast >= slow)
    throw new UsageError(`macd: the fast period ${fast} must be shorter than the slow one, ${slow}`);
  const line = ema(close, fast);
  const histogram = ema(close, slow);
  for (let t = 0; t < line.length; t++) line[t] = difference(line[t]!, histogram[t]!);
  const smoothed = ema(line, signal);
  for (let t = 0; t < line.length; t++) histogram[t] = difference(line[t]!, smoothed[t]!);
  return { line, signal: smoothed, histogram };
}

function difference(a: number, b: number): number {
  return finiteOrNaN(a - b);
}

/** Bars before t on which the histogram depends. */
export function macdLookback(slow = 26, signal = 9): number {
  return emaLookback(slow) + emaLookback(signal);
}
