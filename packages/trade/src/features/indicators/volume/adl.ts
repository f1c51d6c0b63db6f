import { z } from "zod";
import { accumulate } from "../accumulate.ts";
import { FLAT } from "../flat.ts";
import { newColumn } from "../newColumn.ts";
import { indicator } from "../registry/indicator.ts";

/**
 * Money flow volume of a bar: volume ((close - low) - (high - close)) / (high - low), the volume with the place of the close in the
 * range as its sign and share; 0 in a bar without range.
 */
export function moneyFlowVolume(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
): Float64Array {
  const out = newColumn(close.length);
  for (let t = 0; t < out.length; t++) {
    const price = close[t]!;
    const range = high[t]! - low[t]!;
    const share = range <= FLAT * Math.abs(price) ? 0 : (price - low[t]! - (high[t]! - price)) / range;
    out[t] = share * volume[t]!;
  }
  return out;
}

/**
 * Accumulation/distribution line: adl[t] = adl[t-1] + M[t], adl[0] = M[0], M the money flow volume. Only its differences mean anything:
 * it has no bounds and depends on where the history begins. A missing bar is NaN and begins it anew.
 * Source: Chaikin; Achelis, "Accumulation/distribution". The same in StockCharts, TA-Lib, Tulip and TradingView. Williams' line of
 * that name is `wad`.
 */
export function adl(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
): Float64Array {
  const flow = moneyFlowVolume(high, low, close, volume);
  return accumulate(flow, close, flow);
}

export const adlIndicator = indicator({
  name: "adl",
  aliases: ["ad"],
  title: "Accumulation/distribution line",
  formula: "adl[t-1] + volume ((close - low) - (high - close)) / (high - low)",
  source: "Chaikin; Achelis, Technical Analysis from A to Z, 'Accumulation/distribution'",
  params: z.strictObject({}),
  inputs: ["high", "low", "close", "volume"],
  outputs: () => ({ adl: 0 }),
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ high, low, close, volume }) => ({ adl: adl(high, low, close, volume) }),
});
