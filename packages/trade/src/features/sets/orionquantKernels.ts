import type { BarSeries } from "../../market/bars.ts";
import { trueRange } from "../indicators/atr.ts";
import { bollinger } from "../indicators/bollinger.ts";
import { ema, emaLookback } from "../indicators/ema.ts";
import { FLAT } from "../indicators/flat.ts";
import { highLowRange } from "../indicators/highLowRange.ts";
import { logReturn } from "../indicators/logReturn.ts";
import { macd, macdLookback } from "../indicators/macd.ts";
import { signedVolume } from "../indicators/obv.ts";
import { pctChange } from "../indicators/pctChange.ts";
import { rollingDeviation } from "../indicators/rollingMoments.ts";
import { rollingSum } from "../indicators/rollingSum.ts";
import { rsi } from "../indicators/rsi.ts";
import { sma } from "../indicators/sma.ts";
import { priceVolume } from "../indicators/vpt.ts";
import { wilder, wilderLookback } from "../indicators/wilder.ts";

/** Bars of volume flow that OBV and VPT are taken over: those of the Bollinger bands and the slow volatility. */
const FLOW_BARS = 20;

/** The longest memory of all columns: that of the EMA of 200 bars. */
export const orionquantLookback = Math.max(emaLookback(200), macdLookback(26, 9), wilderLookback(14) + 1);

export type OrionquantKernels = ReturnType<typeof orionquantKernels>;

/** What the columns share, each computed once, as columns of the bars' length. */
export function orionquantKernels(bars: BarSeries) {
  const { high, low, close, volume } = bars;
  const returns = logReturn(close);
  const ranges = trueRange(high, low, close);
  const atr14 = wilder(ranges, 14);
  const volatility5 = rollingDeviation(returns, 5);
  const volatility20 = rollingDeviation(returns, 20);
  const traded = rollingSum(volume, FLOW_BARS);
  return {
    close,
    volume,
    logReturn: (periods: number) => (periods === 1 ? returns : logReturn(close, periods)),
    pctChange: (periods: number) => pctChange(close, periods),
    ema8: ema(close, 8),
    ema21: ema(close, 21),
    ema50: ema(close, 50),
    ema200: ema(close, 200),
    rsi14: rsi(close, 14),
    macd: macd(close, 12, 26, 9),
    atr14,
    bands: bollinger(close, 20, 2),
    volumeMean5: sma(volume, 5),
    volumeMean20: sma(volume, 20),
    volumeMean50: sma(volume, 50),
    volumeChange: symmetricChange(volume),
    signedVolume: signedVolume(close, volume),
    priceVolume: priceVolume(close, volume),
    volatility5,
    volatility20,
    volatilityRatio: quotient(volatility5, volatility20, 1, FLAT),
    rangeRatio: rangeRatio(ranges, atr14, close),
    highLowRange: highLowRange(high, low, close),
    placeInBar: placeInBar(bars),
    bodyShare: bodyShare(bars),
    /** what flowed in 20 bars as a share of what was traded in them, 0 without trade */
    flow: (flow: Float64Array) => quotient(rollingSum(flow, FLOW_BARS), traded, 0),
  };
}

/** a / b - 1 as a column: how far a lies beyond b, as a fraction of b. */
export function beyond(a: Float64Array, b: Float64Array): Float32Array {
  const out = new Float32Array(a.length);
  for (let t = 0; t < out.length; t++) out[t] = a[t]! / b[t]! - 1;
  return out;
}

/** a / b as a column, or `atRest` where b is no more than `least`: with 0 that is where there is nothing to compare. */
export function quotient(a: Float64Array, b: Float64Array, atRest = Number.NaN, least = 0): Float32Array {
  const out = new Float32Array(a.length);
  for (let t = 0; t < out.length; t++)
    out[t] = b[t]! <= least && !Number.isNaN(a[t]!) ? atRest : a[t]! / b[t]!;
  return out;
}

/** Range in units of the usual one; 1 in a market at rest, whose average would otherwise fade for ever. */
export function rangeRatio(range: Float64Array, usual: Float64Array, close: Float64Array): Float32Array {
  const out = new Float32Array(range.length);
  for (let t = 0; t < out.length; t++) out[t] = usual[t]! <= FLAT * close[t]! ? 1 : range[t]! / usual[t]!;
  return out;
}

/** (v - v[-1]) / (v + v[-1]), from -1 to 1; 0 where neither bar had trade. */
export function symmetricChange(volume: Float64Array): Float32Array {
  const out = new Float32Array(volume.length).fill(Number.NaN);
  for (let t = 1; t < out.length; t++) {
    const now = volume[t]!;
    const before = volume[t - 1]!;
    out[t] = now === 0 && before === 0 ? 0 : (now - before) / (now + before);
  }
  return out;
}

/** (c - l) / (h - l), from 0 to 1; 0.5 in a bar without range. Limited, since vendors' closes can lie outside their range. */
export function placeInBar({ high, low, close }: BarSeries): Float32Array {
  const out = new Float32Array(close.length);
  for (let t = 0; t < out.length; t++) {
    const range = high[t]! - low[t]!;
    out[t] = range <= FLAT * close[t]! ? 0.5 : Math.min(1, Math.max(0, (close[t]! - low[t]!) / range));
  }
  return out;
}

/** (c - o) / (h - l), from -1 to 1; 0 in a bar without range. */
export function bodyShare({ open, high, low, close }: BarSeries): Float32Array {
  const out = new Float32Array(close.length);
  for (let t = 0; t < out.length; t++) {
    const range = high[t]! - low[t]!;
    out[t] = range <= FLAT * close[t]! ? 0 : Math.min(1, Math.max(-1, (close[t]! - open[t]!) / range));
  }
  return out;
}
