import type { BarSeries } from "../../market/bars.ts";
import { trueRange } from "../indicators/atr.ts";
import { bollinger } from "../indicators/bollinger.ts";
import { ema, emaLookback } from "../indicators/ema.ts";
import { FLAT } from "../indicators/flat.ts";
import { highLowRange } from "../indicators/highLowRange.ts";
import { logReturn } from "../indicators/logReturn.ts";
import { signedVolume } from "../indicators/obv.ts";
import { rollingMax } from "../indicators/rollingExtreme.ts";
import { rollingDeviation } from "../indicators/rollingMoments.ts";
import { rollingSum } from "../indicators/rollingSum.ts";
import { rsi } from "../indicators/rsi.ts";
import { sma } from "../indicators/sma.ts";
import { stochastic } from "../indicators/stochastic.ts";
import { wilder, wilderLookback } from "../indicators/wilder.ts";
import { beyond, bodyShare, placeInBar, quotient, rangeRatio, symmetricChange } from "./orionquantKernels.ts";

/** Trading days of a year and of a month, the usual windows of the literature on stocks. */
export const YEAR = 252;
const MONTH = 21;

/** The longest memory of the target's columns: a year's return, or an average that has forgotten all but 1e-7. */
export const hybridLookback = Math.max(YEAR, emaLookback(26), wilderLookback(14) + 1);

export type HybridKernels = ReturnType<typeof hybridKernels>;

/** What the target's columns share, each computed once, as columns of the bars' length. */
export function hybridKernels(bars: BarSeries) {
  const { open, high, low, close, volume } = bars;
  const returns = logReturn(close);
  const ranges = trueRange(high, low, close);
  const volatility20 = rollingDeviation(returns, 20);
  const volumeMean20 = sma(volume, 20);
  const bands = bollinger(close, 20, 2);
  return {
    returns,
    logReturn: (periods: number) => logReturn(close, periods),
    overnightGap: overnightGap(open, close),
    yearBeforeLastMonth: difference(logReturn(close, YEAR), logReturn(close, MONTH)),
    smaDistance10: beyond(close, sma(close, 10)),
    smaDistance50: beyond(close, sma(close, 50)),
    macdLine: quotient(difference(ema(close, 12), ema(close, 26)), close),
    highDistance: beyond(close, rollingMax(high, YEAR)),
    rsi14: rsi(close, 14),
    stochastic14: stochastic(high, low, close, 14),
    volatility5: rollingDeviation(returns, 5),
    volatility20,
    volatilityRatio: quotient(volatility20, rollingDeviation(returns, 60), 1, FLAT),
    rangeRatio: rangeRatio(ranges, wilder(ranges, 14), close),
    highLowRange: highLowRange(high, low, close),
    percentB: bands.percentB,
    volumeRatio20: quotient(volume, volumeMean20, 1),
    volumeMeanRatio: quotient(sma(volume, 5), volumeMean20, 1),
    volumeChange: symmetricChange(volume),
    obv20: quotient(rollingSum(signedVolume(close, volume), 20), rollingSum(volume, 20), 0),
    placeInBar: placeInBar(bars),
    bodyShare: bodyShare(bars),
  };
}

/** a - b as a column. */
export function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, t) => value - b[t]!);
}

/** ln(o / c[-1]): what happened while the exchange was closed; NaN in the first row. */
function overnightGap(open: Float64Array, close: Float64Array): Float64Array {
  return open.map((price, t) => (t === 0 ? Number.NaN : Math.log(price / close[t - 1]!)));
}
