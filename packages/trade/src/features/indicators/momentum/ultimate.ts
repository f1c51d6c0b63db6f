import { z } from "zod";
import { FLAT } from "../flat.ts";
import { newColumn, rawColumn } from "../newColumn.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";
import { trueMove } from "../trueMove.ts";

/**
 * Ultimate oscillator, 0 to 100, default 7, 14, 28: 100 (4 a(short) + 2 a(medium) + a(long)) / 7, a(n) = the sum of BP / the sum of TR over n
 * bars, BP = close - min(low, close[t-1]), TR = max(high, close[t-1]) - min(low, close[t-1]). NaN before row `long`. 50 where nothing moved.
 * Source: Williams, Stocks & Commodities 3:4, 1985. The same in TA-Lib, Tulip, StockCharts and TradingView.
 */
export function ultimate(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  [short, medium, long]: readonly [number, number, number] = [7, 14, 28],
): Float64Array {
  const { range, buyingPressure } = trueMove(high, low, close);
  const out = newColumn(close.length);
  const moved = rawColumn(close.length);
  const pressed = rawColumn(close.length);
  const add = (period: number, weight: number): void => {
    rollingSum(range, period, moved);
    rollingSum(buyingPressure, period, pressed);
    for (let t = 0; t < out.length; t++) {
      const share = moved[t]! <= FLAT * Math.abs(close[t]!) ? 0.5 : pressed[t]! / moved[t]!;
      out[t]! += weight * share;
    }
  };
  add(short, 400 / 7);
  add(medium, 200 / 7);
  add(long, 100 / 7);
  return out;
}

export const ultimateIndicator = indicator({
  name: "ultimate",
  aliases: ["ultosc", "uo"],
  title: "Ultimate oscillator",
  formula:
    "100 (4 a(short) + 2 a(medium) + a(long)) / 7, a(n) = sum of buying pressure / sum of true range over n bars",
  source: "Williams, Stocks & Commodities 3:4, 1985",
  params: z.strictObject({ short: bars(7), medium: bars(14), long: bars(28) }),
  inputs: ["high", "low", "close"],
  outputs: ({ short, medium, long }) => ({ ultimate: Math.max(short, medium, long) }),
  lookback: ({ short, medium, long }) => Math.max(short, medium, long),
  compute: ({ high, low, close }, { short, medium, long }) => ({
    ultimate: ultimate(high, low, close, [short, medium, long]),
  }),
});
