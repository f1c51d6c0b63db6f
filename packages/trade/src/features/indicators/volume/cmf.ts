import { z } from "zod";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingSum } from "../rollingSum.ts";
import { moneyFlowVolume } from "./adl.ts";

/**
 * Chaikin money flow, -1 to 1, default 20: sum of the money flow volume over the sum of the volume, both over n bars. NaN before
 * row n-1; 0 where nothing was traded.
 * Source: Chaikin; StockCharts and TradingView are the same with 20, Chaikin himself took 21, as Tulip's test does.
 */
export function cmf(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
  period = 20,
  once: Once = anew,
): Float64Array {
  const traded = once(rollingSum, volume, period);
  const out = moneyFlowVolume(high, low, close, volume);
  rollingSum(out, period, out);
  for (let t = 0; t < out.length; t++) out[t] = traded[t] === 0 ? 0 * out[t]! : out[t]! / traded[t]!;
  return out;
}

export const cmfIndicator = indicator({
  name: "cmf",
  title: "Chaikin money flow",
  formula: "sum of volume ((close - low) - (high - close)) / (high - low) over sum of volume, n bars",
  source: "Chaikin; StockCharts ChartSchool, 'Chaikin Money Flow'",
  params: z.strictObject({ period: bars(20) }),
  inputs: ["high", "low", "close", "volume"],
  outputs: ({ period }) => ({ cmf: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ high, low, close, volume }, { period }, once) => ({
    cmf: cmf(high, low, close, volume, period, once),
  }),
});
