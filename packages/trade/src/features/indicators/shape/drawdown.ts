import { z } from "zod";
import { extremeAge } from "../extremeAge.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax } from "../rollingExtreme.ts";
import { shareBeyond } from "./extremeDistance.ts";

/**
 * Drawdown within the last n bars, default 252: drawdown = close / highest close - 1, a fraction, 0 or below; underwater = bars since
 * that close. NaN before row n-1; drawdown NaN where the close is not above 0.
 * Source: Magdon-Ismail and Atiya, Risk 17:10, 2004. A report's drawdown counts from the beginning of its history; a column that a
 * model reads must forget, or it would tell how long the history is.
 */
export function drawdown(
  close: Float64Array,
  period = 252,
): { drawdown: Float64Array; underwater: Float64Array } {
  return {
    drawdown: shareBeyond(close, rollingMax(close, period)),
    underwater: extremeAge(close, period, 1),
  };
}

export const drawdownIndicator = indicator({
  name: "drawdown",
  title: "Drawdown from the highest close",
  formula: "drawdown = close / max(close, n bars) - 1, underwater = bars since that close",
  source: "Magdon-Ismail and Atiya, Risk 17:10, 2004",
  params: z.strictObject({ period: bars(252) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ drawdown: period - 1, underwater: period - 1 }),
  lookback: ({ period }) => period - 1,
  compute: ({ close }, { period }) => drawdown(close, period),
});
