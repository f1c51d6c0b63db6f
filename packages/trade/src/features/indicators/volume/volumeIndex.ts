import { z } from "zod";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

/**
 * Negative (`side` -1) and positive (`side` 1) volume index: begun with 1000, multiplied by close[t] / close[t-1] in bars whose volume is
 * lower (higher) than that of the bar before, unchanged in the others. A missing bar, or a close that is not above 0, is NaN and
 * begins it anew with 1000.
 * Source: Dysart 1930s, Fosback, Stock Market Logic, 1976, who multiplies as here. The same in Tulip; StockCharts adds up percentages.
 */
export function volumeIndex(close: Float64Array, volume: Float64Array, side: 1 | -1): Float64Array {
  const out = newColumn(close.length);
  let level = Number.NaN;
  for (let t = 0; t < out.length; t++) {
    const sound = close[t]! > 0 && Number.isFinite(volume[t]!);
    if (!sound) level = Number.NaN;
    else if (!Number.isFinite(level)) level = 1000;
    else if (side * (volume[t]! - volume[t - 1]!) > 0) level *= close[t]! / close[t - 1]!;
    out[t] = level;
  }
  return out;
}

const shared = {
  source: "Fosback, Stock Market Logic, 1976",
  params: z.strictObject({}),
  inputs: ["close", "volume"],
  lookback: () => Number.POSITIVE_INFINITY,
} as const;

export const nviIndicator = indicator({
  ...shared,
  name: "nvi",
  title: "Negative volume index",
  formula: "nvi[t-1] close[t] / close[t-1] where volume fell, else nvi[t-1]; 1000 in the first row",
  outputs: () => ({ nvi: 0 }),
  compute: ({ close, volume }) => ({ nvi: volumeIndex(close, volume, -1) }),
});

export const pviIndicator = indicator({
  ...shared,
  name: "pvi",
  title: "Positive volume index",
  formula: "pvi[t-1] close[t] / close[t-1] where volume rose, else pvi[t-1]; 1000 in the first row",
  outputs: () => ({ pvi: 0 }),
  compute: ({ close, volume }) => ({ pvi: volumeIndex(close, volume, 1) }),
});
