import { z } from "zod";
import { atr } from "../atr.ts";
import { isFiniteNumber } from "../finite.ts";
import { newColumn } from "../newColumn.ts";
import { bars, indicator, number } from "../registry/indicator.ts";

/**
 * SuperTrend, default 10 and 3: a trailing stop k average true ranges (Wilder's, n bars) from the middle m of the bar.
 *   upper = m + k ATR, kept at upper[t-1] unless it fell below it or close[t-1] > upper[t-1];
 *   lower = m - k ATR, kept at lower[t-1] unless it rose above it or close[t-1] < lower[t-1];
 * falling until a close is above upper, then rising until a close is below lower. `supertrend` is upper while falling, lower while
 * rising; `direction` is 1 while rising, -1 while falling (TradingView has the signs the other way round).
 * NaN before row n-1; begun as falling. The whole history counts until the first turns.
 * Source: Seban; as in TradingView's ta.supertrend. There the first bars count as falling too.
 */
export function supertrend(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 10,
  multiplier = 3,
): { supertrend: Float64Array; direction: Float64Array } {
  const range = atr(high, low, close, period);
  const line = range;
  const direction = newColumn(close.length);
  let upper = Number.NaN;
  let lower = Number.NaN;
  let rising = false;
  for (let t = 0; t < close.length; t++) {
    const middle = (high[t]! + low[t]!) / 2;
    const above = middle + multiplier * range[t]!;
    const below = middle - multiplier * range[t]!;
    if (!isFiniteNumber(above + below)) {
      upper = lower = Number.NaN;
      rising = false;
      line[t] = direction[t] = Number.NaN;
      continue;
    }
    const before = close[t - 1]!;
    const begun = isFiniteNumber(upper);
    if (!begun || above < upper || before > upper) upper = above;
    if (!begun || below > lower || before < lower) lower = below;
    if (begun) rising = rising ? close[t]! >= lower : close[t]! > upper;
    line[t] = rising ? lower : upper;
    direction[t] = rising ? 1 : -1;
  }
  return { supertrend: line, direction };
}

export const supertrendIndicator = indicator({
  name: "supertrend",
  title: "SuperTrend",
  formula:
    "(high + low)/2 -+ k ATR(n), trailing: the lower band while rising (direction 1), the upper while falling (direction -1)",
  source: "Seban; TradingView, ta.supertrend",
  params: z.strictObject({ period: bars(10), multiplier: number(3, 0.001, 1000) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({ supertrend: period - 1, direction: period - 1 }),
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ high, low, close }, { period, multiplier }) => supertrend(high, low, close, period, multiplier),
});
