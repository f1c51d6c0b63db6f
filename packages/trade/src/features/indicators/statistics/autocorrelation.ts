import { z } from "zod";
import { rollingRegression } from "../../context/rollingRegression.ts";
import { delayed } from "../delayed.ts";
import { logReturn } from "../logReturn.ts";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";

/**
 * Autocorrelation of log returns, default 60 at lag 1: Pearson's correlation of r[i] and r[i-k] over the last n pairs, r[t] =
 * ln(close[t]/close[t-1]), each side with its own mean. -1 to 1: above 0 moves go on, below they turn back. NaN before row n+k; 0 where the
 * price did not move. With 60 pairs anything within 0.25 of 0 is noise (95 %).
 * Source: Campbell, Lo and MacKinlay 1997, section 2.4. pandas' autocorr is the same; statsmodels' acf takes one mean and one variance
 * for both sides, and lies within about k/n of it.
 */
export function autocorrelation(close: Float64Array, period = 60, lag = 1, once: Once = anew): Float64Array {
  const returns = once(logReturn, close, 1);
  return rollingRegression(returns, delayed(returns, lag), period).correlation;
}

export const autocorrelationIndicator = indicator({
  name: "autocorrelation",
  aliases: ["autocorr"],
  title: "Autocorrelation of log returns",
  formula: "correlation of r[i] and r[i-k] over n pairs, r[t] = ln(close[t]/close[t-1])",
  source: "Campbell, Lo and MacKinlay, The Econometrics of Financial Markets, 1997, section 2.4",
  params: z.strictObject({ period: bars(60, 2), lag: bars(1) }),
  inputs: ["close"],
  outputs: ({ period, lag }) => ({ autocorrelation: period + lag }),
  lookback: ({ period, lag }) => period + lag,
  compute: ({ close }, { period, lag }, once) => ({
    autocorrelation: autocorrelation(close, period, lag, once),
  }),
});
