import { z } from "zod";
import { ema, emaLookback } from "../ema.ts";
import { newColumn } from "../newColumn.ts";
import { averageStart, bars, indicator } from "../registry/indicator.ts";
import type { AverageStart } from "../smooth.ts";

/**
 * Force index, default 13: EMA(F, n), F[t] = (close[t] - close[t-1]) volume[t]. NaN before row n. In units of money: it cannot be compared
 * between instruments.
 * Source: Elder, Trading for a Living, 1993. StockCharts' sheet begins the average with the first F (`start` "first"), TradingView as here.
 */
export function force(
  close: Float64Array,
  volume: Float64Array,
  period = 13,
  start: AverageStart = "mean",
): Float64Array {
  const out = newColumn(close.length);
  let before = Number.NaN;
  for (let t = 0; t < out.length; t++) {
    out[t] = (close[t]! - before) * volume[t]!;
    before = close[t]!;
  }
  return ema(out, period, start, out);
}

export const forceIndicator = indicator({
  name: "force",
  aliases: ["forceIndex", "fi"],
  title: "Force index",
  formula: "EMA((close[t] - close[t-1]) volume[t], n)",
  source: "Elder, Trading for a Living, 1993",
  params: z.strictObject({ period: bars(13), start: averageStart() }),
  inputs: ["close", "volume"],
  outputs: ({ period }) => ({ force: period }),
  lookback: ({ period }) => emaLookback(period) + 1,
  compute: ({ close, volume }, { period, start }) => ({ force: force(close, volume, period, start) }),
});
