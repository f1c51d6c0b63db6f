import { z } from "zod";
import { indicator } from "../registry/indicator.ts";

/**
 * Gap: open[t] / close[t-1] - 1, a fraction: what happened while nobody traded. NaN in the first row and unless both prices are above 0.
 * Source: Achelis, "Gaps", who counts only those that leave a hole between the bars' ranges, as TradingView does; here every difference.
 */
export function gap(open: Float64Array, close: Float64Array): Float64Array {
  return open.map((price, t) => {
    const before = t > 0 ? close[t - 1]! : Number.NaN;
    return price > 0 && before > 0 ? (price - before) / before : Number.NaN;
  });
}

export const gapIndicator = indicator({
  name: "gap",
  title: "Gap from the close before to the open",
  formula: "open[t] / close[t-1] - 1",
  source: "Achelis, Technical Analysis from A to Z, 'Gaps'",
  params: z.strictObject({}),
  inputs: ["open", "close"],
  outputs: () => ({ gap: 1 }),
  lookback: () => 1,
  compute: ({ open, close }) => ({ gap: gap(open, close) }),
});
