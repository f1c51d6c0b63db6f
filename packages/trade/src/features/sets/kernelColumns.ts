import { atr, trueRange } from "../indicators/atr.ts";
import { ema, emaLookback } from "../indicators/ema.ts";
import { FLAT } from "../indicators/flat.ts";
import { highLowRange } from "../indicators/highLowRange.ts";
import { linear } from "../indicators/linear.ts";
import { rawColumn } from "../indicators/newColumn.ts";
import { signedVolume } from "../indicators/obv.ts";
import { rollingSum } from "../indicators/rollingSum.ts";
import { sma } from "../indicators/sma.ts";
import { priceVolume } from "../indicators/vpt.ts";
import { wilderLookback } from "../indicators/wilder.ts";
import type { BarIndicators, SetColumn } from "./indicatorColumns.ts";
import { placeInBar, quotient, rangeRatio, symmetricChange } from "./orionquantKernels.ts";

/** The bar's own shape that the registry's candles do not tell: its range, where in it the close lies, the range in units of the usual one. */
export const barColumns: readonly SetColumn[] = [
  {
    name: "highLowRange",
    formula: "(high - low) / close",
    source: "Parkinson 1980, without the logarithm",
    lookback: 0,
    of: ({ bars }) => highLowRange(bars.high, bars.low, bars.close),
  },
  {
    name: "placeInBar",
    formula: "(close - low) / (high - low); 0.5 without range",
    source: "close location of Chaikin, 0 to 1",
    lookback: 0,
    of: ({ bars }) => placeInBar(bars),
  },
  {
    name: "rangeRatio14",
    formula: "true range / its Wilder average over 14; 1 at rest",
    source: "Wilder 1978; range in units of the usual one",
    lookback: wilderLookback(14) + 1,
    of: ({ bars: { high, low, close }, once }) => {
      const ranges = once(trueRange, high, low, close);
      return rangeRatio(ranges, once(atr, high, low, close, 14, once), close);
    },
  },
];

/** v / v[-1] made symmetric and bounded. */
export const volumeChange: SetColumn = {
  name: "volumeChange1",
  formula: "(volume - volume[-1]) / (volume + volume[-1]); 0 without trade",
  source: "rate of change, made symmetric: bounded at zero volume",
  lookback: 1,
  of: ({ bars }) => symmetricChange(bars.volume),
};

/** volume / SMA(volume, n); 1 without trade. */
export function volumeRatioColumn(period: number): SetColumn {
  return {
    name: `volumeRatio${period}`,
    formula: `volume / SMA(volume, ${period}); 1 without trade`,
    source: "relative volume",
    lookback: period - 1,
    of: ({ bars: { volume }, once }) => quotient(volume, once(sma, volume, period), 1),
  };
}

/** The change of OBV, of VPT and of Elder's force over some bars as shares of what was traded in them; 0 without trade. */
export function flowColumns(period: number): readonly SetColumn[] {
  const share = (flow: Float64Array, sums: Float64Array): Float32Array =>
    quotient(rollingSum(flow, period), sums, 0);
  return [
    {
      name: `obv${period}`,
      formula: `(OBV - OBV[-${period}]) / (sum of volume over ${period}); 0 without trade`,
      source: "Granville 1963; sum to bounded change",
      lookback: period,
      of: ({ bars: { close, volume }, once }) =>
        share(signedVolume(close, volume), once(rollingSum, volume, period)),
    },
    {
      name: `vpt${period}`,
      formula: `(VPT - VPT[-${period}]) / (sum of volume over ${period}); 0 without trade`,
      source: "Achelis, Price and volume trend; sum to change",
      lookback: period,
      of: ({ bars: { close, volume }, once }) =>
        share(priceVolume(close, volume), once(rollingSum, volume, period)),
    },
    {
      name: `force${period}`,
      formula: `sum of (close - close[-1]) volume / sum of |close - close[-1]| volume, over ${period}; 0 where nothing moved`,
      source: "Elder 1993; level to a share from -1 to 1",
      lookback: period,
      of: (on) => {
        const force = forceOf(on);
        const size = rawColumn(force.length);
        for (let t = 0; t < size.length; t++) size[t] = Math.abs(force[t]!);
        return share(force, rollingSum(size, period, size));
      },
    },
  ];
}

/** What the price moved times what was traded in it, in units of the close; a move too small to be one counts as none. */
function forceOf({ bars: { close, volume } }: BarIndicators): Float64Array {
  const out = rawColumn(close.length);
  out.fill(Number.NaN, 0, 1);
  for (let t = 1; t < out.length; t++) {
    const move = (close[t]! - close[t - 1]!) / close[t - 1]!;
    out[t] = Math.abs(move) <= FLAT ? 0 * volume[t]! : move * volume[t]!;
  }
  return out;
}

/** The line of MACD alone: its signal would have to remember 135 bars longer. */
export const macdLine: SetColumn = {
  name: "macdLine",
  formula: "(EMA(close, 12) - EMA(close, 26)) / close",
  source: "Appel 1979",
  lookback: emaLookback(26),
  of: ({ bars }) => {
    const line = linear(ema(bars.close, 12), 1, ema(bars.close, 26), -1);
    return quotient(line, bars.close);
  },
};
