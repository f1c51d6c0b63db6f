import { z } from "zod";
import { anew, type Once } from "../once.ts";
import { bars, indicator } from "../registry/indicator.ts";
import { rollingMax, rollingMin } from "../rollingExtreme.ts";
import { rsi } from "../rsi.ts";
import { sma } from "../sma.ts";
import { wilderLookback } from "../wilder.ts";

/** Below this range of the RSI, which runs from 0 to 100, it counts as standing still. */
const STILL = 1e-7;

/**
 * Stochastic RSI, 0 to 1, default 14, 14, 3, 3: raw = (RSI(n) - L) / (H - L), H and L its highest and lowest value of m bars;
 * k = SMA(raw, smoothK), d = SMA(k, smoothD). raw begins in row n+m-1. 0.5 where the RSI stood still.
 * Source: Chande and Kroll, The New Technical Trader, 1994. StockCharts and Tulip show raw, one period for both; TradingView shows k and d
 * times 100; TA-Lib's STOCHRSI smooths only d. Tulip gives 0 where the RSI stood still.
 */
export function stochRsi(
  close: Float64Array,
  rsiPeriod = 14,
  period = 14,
  smoothK = 3,
  smoothD = 3,
  once: Once = anew,
): { raw: Float64Array; k: Float64Array; d: Float64Array } {
  const strength = once(rsi, close, rsiPeriod);
  const top = rollingMax(strength, period);
  const bottom = rollingMin(strength, period);
  const raw = top;
  for (let t = 0; t < raw.length; t++) {
    const range = top[t]! - bottom[t]!;
    raw[t] = range <= STILL ? 0.5 : (strength[t]! - bottom[t]!) / range;
  }
  const k = sma(raw, smoothK);
  return { raw, k, d: sma(k, smoothD, bottom) };
}

export const stochRsiIndicator = indicator({
  name: "stochRsi",
  title: "Stochastic RSI",
  formula:
    "raw = (RSI - lowest RSI) / (highest - lowest RSI of m bars), k = SMA(raw, smoothK), d = SMA(k, smoothD)",
  source: "Chande and Kroll, The New Technical Trader, 1994",
  params: z.strictObject({ rsiPeriod: bars(14), period: bars(14), smoothK: bars(3), smoothD: bars(3) }),
  inputs: ["close"],
  outputs: ({ rsiPeriod, period, smoothK, smoothD }) => ({
    raw: rsiPeriod + period - 1,
    k: rsiPeriod + period + smoothK - 2,
    d: rsiPeriod + period + smoothK + smoothD - 3,
  }),
  lookback: ({ rsiPeriod, period, smoothK, smoothD }) =>
    wilderLookback(rsiPeriod) + 1 + period + smoothK + smoothD - 3,
  compute: ({ close }, { rsiPeriod, period, smoothK, smoothD }, once) =>
    stochRsi(close, rsiPeriod, period, smoothK, smoothD, once),
});
