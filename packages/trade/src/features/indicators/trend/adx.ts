import { z } from "zod";
import { delayed } from "../delayed.ts";
import { FLAT } from "../flat.ts";
import { linear } from "../linear.ts";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { trueMoveRange } from "../trueMove.ts";
import { wilder, wilderLookback } from "../wilder.ts";

/**
 * Directional movement system, all 0 to 100, default 14. With up = high[t] - high[t-1] and down = low[t-1] - low[t]:
 *   +DM = up if up > down and up > 0, else 0;   -DM = down if down > up and down > 0, else 0;
 *   +DI = 100 W(+DM) / W(TR),   -DI = 100 W(-DM) / W(TR),   TR the true range, W Wilder's average over n bars;
 *   DX = 100 |+DI - -DI| / (+DI + -DI),   ADX = W(DX),   ADXR = (ADX[t] + ADX[t-n+1]) / 2.
 * Differences below 1e-9 of the close count as none: moves of as many ticks are equal, though as 64-bit floats they differ in the last digit.
 * The DIs begin in row n, ADX in row 2n-1, ADXR in row 3n-2. Where nothing moved the DIs and DX are 0: there is no direction.
 *
 * Source: Wilder 1978. The start, the mean of the n moves of rows 1 to n, is Wilder's and that of StockCharts. TA-Lib and Tulip begin
 * with n-1 moves, one row earlier; Wilder's worksheets round. TradingView's ta.dmi is the same with its own length for ADX.
 * They agree after the settling of the averages. Wilder's ADXR reaches n bars back, that of StockCharts and TA-Lib n-1.
 */
export function adx(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  period = 14,
  once: Once = anew,
): { plusDi: Float64Array; minusDi: Float64Array; dx: Float64Array; adx: Float64Array; adxr: Float64Array } {
  const length = close.length;
  // Each column is read before its row is written: moves become their averages, then the indicators, and the range's average becomes dx.
  const plusDi = rawColumn(length);
  const minusDi = rawColumn(length);
  plusDi.fill(Number.NaN, 0, 1);
  minusDi.fill(Number.NaN, 0, 1);
  for (let t = 1; t < length; t++) {
    const up = high[t]! - high[t - 1]!;
    const down = low[t - 1]! - low[t]!;
    const least = FLAT * Math.abs(close[t]!);
    const unknown = up - up + (down - down);
    plusDi[t] = (up - down > least && up > least ? up : 0) + unknown;
    minusDi[t] = (down - up > least && down > least ? down : 0) + unknown;
  }
  const dx = wilder(once(trueMoveRange, high, low, close), period);
  for (const column of [plusDi, minusDi]) wilder(column, period, column);
  for (let t = 0; t < length; t++) {
    const range = dx[t]!;
    const still = range <= FLAT * Math.abs(close[t]!);
    plusDi[t] = still ? 0 : 100 * (plusDi[t]! / range);
    minusDi[t] = still ? 0 : 100 * (minusDi[t]! / range);
    const both = plusDi[t]! + minusDi[t]!;
    dx[t] = both === 0 ? 0 : 100 * (Math.abs(plusDi[t]! - minusDi[t]!) / both);
  }
  const average = wilder(dx, period);
  const adxr = delayed(average, period - 1);
  linear(average, 0.5, adxr, 0.5, adxr);
  return { plusDi, minusDi, dx, adx: average, adxr };
}

export const adxIndicator = indicator({
  name: "adx",
  aliases: ["di", "dmi", "dx", "adxr"],
  title: "Average directional index and directional indicators",
  formula:
    "plusDi, minusDi = 100 W(+-DM) / W(TR), dx = 100 |plusDi - minusDi| / (plusDi + minusDi), adx = W(dx), adxr = (adx[t] + adx[t-n+1]) / 2",
  source: "Wilder, New Concepts in Technical Trading Systems, 1978",
  params: z.strictObject({ period: bars(14) }),
  inputs: ["high", "low", "close"],
  outputs: ({ period }) => ({
    plusDi: period,
    minusDi: period,
    dx: period,
    adx: 2 * period - 1,
    adxr: 3 * period - 2,
  }),
  lookback: ({ period }) => 2 * wilderLookback(period) + period,
  compute: ({ high, low, close }, { period }, once) => adx(high, low, close, period, once),
});
