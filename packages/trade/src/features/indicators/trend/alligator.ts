import { z } from "zod";
import { delayed } from "../delayed.ts";
import { medianPrice } from "../medianPrice.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { wilder, wilderLookback } from "../wilder.ts";

/**
 * Williams' Alligator, default 13 8 5 moved by 8 5 3 bars: jaw, teeth and lips are Wilder averages of the median price as they stood
 * 8, 5 and 3 bars ago, as a chart shows them at bar t. NaN before row n - 1 + shift.
 * Source: Williams, Trading Chaos, 1995. The same in TradingView and MetaTrader.
 */
export function alligatorLine(median: Float64Array, period: number, shift: number): Float64Array {
  const line = wilder(median, period);
  return delayed(line, shift, line);
}

export const alligatorIndicator = indicator({
  name: "alligator",
  title: "Williams' Alligator",
  formula: "jaw, teeth, lips = RMA((high + low)/2, 13, 8, 5) of 8, 5, 3 bars ago",
  source: "Williams, Trading Chaos, 1995",
  params: z.strictObject({
    jaw: bars(13),
    teeth: bars(8),
    lips: bars(5),
    jawShift: bars(8, 0),
    teethShift: bars(5, 0),
    lipsShift: bars(3, 0),
  }),
  inputs: ["high", "low"],
  outputs: (p) => ({
    jaw: p.jaw - 1 + p.jawShift,
    teeth: p.teeth - 1 + p.teethShift,
    lips: p.lips - 1 + p.lipsShift,
  }),
  lookback: (p) =>
    Math.max(
      wilderLookback(p.jaw) + p.jawShift,
      wilderLookback(p.teeth) + p.teethShift,
      wilderLookback(p.lips) + p.lipsShift,
    ),
  compute({ high, low }, p) {
    const median = medianPrice(high, low);
    return {
      jaw: alligatorLine(median, p.jaw, p.jawShift),
      teeth: alligatorLine(median, p.teeth, p.teethShift),
      lips: alligatorLine(median, p.lips, p.lipsShift),
    };
  },
});
