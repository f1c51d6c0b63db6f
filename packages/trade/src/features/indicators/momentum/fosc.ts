import { z } from "zod";
import { rawColumn } from "../newColumn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { linreg } from "../trend/linreg.ts";

/**
 * Forecast oscillator in percent, default 14: 100 (x[t] - f[t-1]) / x[t], f[t-1] the line of least squares through the n values up to t-1, one bar
 * ahead: how far the price came out from where its trend pointed. NaN before row n and where the price is not above 0.
 * Source: Chande and Kroll, The New Technical Trader, 1994; Achelis. The same in Tulip; some vendors take the forecast of the current bar.
 */
export function fosc(values: Float64Array, period = 14, once: Once = anew): Float64Array {
  const { forecast } = once(linreg, values, period);
  const out = rawColumn(values.length);
  let pointed = Number.NaN;
  for (let t = 0; t < out.length; t++) {
    out[t] = values[t]! > 0 ? 100 * ((values[t]! - pointed) / values[t]!) : Number.NaN;
    pointed = forecast[t]!;
  }
  return out;
}

export const foscIndicator = indicator({
  name: "fosc",
  title: "Forecast oscillator, %",
  formula: "100 (close[t] - f[t-1]) / close[t], f[t-1] the regression over n bars up to t-1, one bar ahead",
  source: "Chande and Kroll, The New Technical Trader, 1994",
  params: z.strictObject({ period: bars(14, 2) }),
  inputs: ["close"],
  outputs: ({ period }) => ({ fosc: period }),
  lookback: ({ period }) => period,
  compute: ({ close }, { period }, once) => ({ fosc: fosc(close, period, once) }),
});
