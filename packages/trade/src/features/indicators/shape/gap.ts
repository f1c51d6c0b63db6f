import { z } from "zod";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

/**
 * Gap: open[t] / close[t-1] - 1, a fraction: what happened while nobody traded. NaN in the first row and unless both prices are above 0.
 * Source: Achelis, "Gaps", who counts only those that leave a hole between the bars' ranges, as TradingView does; here every difference.
 */
export function gap(open: Float64Array, close: Float64Array): Float64Array {
  const out = newColumn(open.length);
  let before = Number.NaN;
  for (let t = 0; t < out.length; t++) {
    const price = open[t]!;
    out[t] = price > 0 && before > 0 ? (price - before) / before : Number.NaN;
    before = close[t]!;
  }
  return out;
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
