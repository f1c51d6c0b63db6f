import { z } from "zod";
import type { Part } from "../../core/parts.ts";
import type { ColumnDoc, Feature } from "../feature.ts";
import { type FeatureValues, narrow } from "../narrow.ts";
import { panelBars } from "../panelBars.ts";
import {
  beyond,
  type OrionquantKernels,
  orionquantKernels,
  orionquantLookback,
  quotient,
} from "./orionquantKernels.ts";

type Column = ColumnDoc & { of(k: OrionquantKernels): FeatureValues };

const column = (
  name: string,
  formula: string,
  source: string,
  of: (k: OrionquantKernels) => FeatureValues,
): Column => ({ name, formula, source, of });

/**
 * The 38 columns of `orionquant`. c, o, h, l, v: close, open, high, low, volume; x[-n]: n bars earlier.
 *
 * Every column is free of scale: prices in other units or volume in other units change nothing, so that a network
 * cannot learn the price level of its training years. What the seed feeds as a raw level is therefore taken as
 *   averages and bands: their distance from the close as a fraction of it (c/EMA - 1, ...);
 *   MACD, ATR, true range: in units of the close;
 *   volume averages: as ratios to each other;
 *   OBV, VPT: unbounded sums, whose level depends on where the history starts: their change over 20 bars,
 *   divided by the volume traded in those bars.
 *
 * Where a ratio has nothing to compare it is defined: RSI of a price at rest 50, %B 0.5, place in a bar without range
 * 0.5, its body 0, ratios of volatility and range 1, ratios of volume with no trade in the window 1, its change, OBV and
 * VPT 0.
 *
 * Rows are NaN until the column's indicator has its first value (199 rows for the EMA of 200); a missing or impossible
 * bar counts as the start of a new history. `lookback` is longer than that warm-up: after it an average has
 * forgotten all but 1e-7 of its start, and the tail of a history gives what the whole gives.
 */
const table: readonly Column[] = [
  column("logReturn1", "ln(c / c[-1])", "Campbell, Lo, MacKinlay 1997, 1.4", (k) => k.logReturn(1)),
  column("logReturn2", "ln(c / c[-2])", "Campbell, Lo, MacKinlay 1997, 1.4", (k) => k.logReturn(2)),
  column("logReturn3", "ln(c / c[-3])", "Campbell, Lo, MacKinlay 1997, 1.4", (k) => k.logReturn(3)),
  column("logReturn5", "ln(c / c[-5])", "Campbell, Lo, MacKinlay 1997, 1.4", (k) => k.logReturn(5)),
  column("pctChange1", "c / c[-1] - 1", "Achelis, Price rate-of-change", (k) => k.pctChange(1)),
  column("pctChange10", "c / c[-10] - 1", "Achelis, Price rate-of-change", (k) => k.pctChange(10)),
  column("pctChange20", "c / c[-20] - 1", "Achelis, Price rate-of-change", (k) => k.pctChange(20)),
  column("emaDistance8", "c / EMA(c, 8) - 1", "Appel 1979; level to distance", (k) =>
    beyond(k.close, k.ema8),
  ),
  column("emaDistance21", "c / EMA(c, 21) - 1", "Appel 1979; level to distance", (k) =>
    beyond(k.close, k.ema21),
  ),
  column("emaDistance50", "c / EMA(c, 50) - 1", "Appel 1979; level to distance", (k) =>
    beyond(k.close, k.ema50),
  ),
  column("emaDistance200", "c / EMA(c, 200) - 1", "Appel 1979; level to distance", (k) =>
    beyond(k.close, k.ema200),
  ),
  column("emaSpread8x21", "EMA(c, 8) / EMA(c, 21) - 1", "Appel 1979; crossing of averages", (k) =>
    beyond(k.ema8, k.ema21),
  ),
  column("emaSpread21x50", "EMA(c, 21) / EMA(c, 50) - 1", "Appel 1979; crossing of averages", (k) =>
    beyond(k.ema21, k.ema50),
  ),
  column("emaSpread50x200", "EMA(c, 50) / EMA(c, 200) - 1", "Appel 1979; crossing of averages", (k) =>
    beyond(k.ema50, k.ema200),
  ),
  column("rsi14", "100 G / (G + L), Wilder averages of gains and losses, 14", "Wilder 1978", (k) => k.rsi14),
  column("macdLine", "(EMA(c, 12) - EMA(c, 26)) / c", "Appel 1979", (k) => quotient(k.macd.line, k.close)),
  column("macdSignal", "EMA(MACD, 9) / c", "Appel 1979", (k) => quotient(k.macd.signal, k.close)),
  column("macdHistogram", "(MACD - EMA(MACD, 9)) / c", "Aspray 1986", (k) =>
    quotient(k.macd.histogram, k.close),
  ),
  column("atr14", "Wilder average of the true range, 14, / c", "Wilder 1978", (k) =>
    quotient(k.atr14, k.close),
  ),
  column(
    "rangeRatio14",
    "true range / ATR(14)",
    "Wilder 1978; range in units of the usual one",
    (k) => k.rangeRatio,
  ),
  column(
    "bollingerPercentB",
    "(c - lower) / (upper - lower), 20 bars, 2 deviations",
    "Bollinger 2002",
    (k) => k.bands.percentB,
  ),
  column("bollingerWidth", "(upper - lower) / SMA(c, 20)", "Bollinger 2002", (k) => k.bands.width),
  column("bollingerMiddleDistance", "c / SMA(c, 20) - 1", "Bollinger 2002; level to distance", (k) =>
    beyond(k.close, k.bands.middle),
  ),
  column("bollingerUpperDistance", "upper / c - 1", "Bollinger 2002; level to distance", (k) =>
    beyond(k.bands.upper, k.close),
  ),
  column("bollingerLowerDistance", "lower / c - 1", "Bollinger 2002; level to distance", (k) =>
    beyond(k.bands.lower, k.close),
  ),
  column("volumeRatio20", "v / SMA(v, 20)", "relative volume", (k) => quotient(k.volume, k.volumeMean20, 1)),
  column("volumeRatio50", "v / SMA(v, 50)", "relative volume", (k) => quotient(k.volume, k.volumeMean50, 1)),
  column("volumeMeanRatio5x20", "SMA(v, 5) / SMA(v, 20)", "volume oscillator of Achelis as a ratio", (k) =>
    quotient(k.volumeMean5, k.volumeMean20, 1),
  ),
  column("volumeMeanRatio20x50", "SMA(v, 20) / SMA(v, 50)", "volume oscillator of Achelis as a ratio", (k) =>
    quotient(k.volumeMean20, k.volumeMean50, 1),
  ),
  column(
    "volumeChange1",
    "(v - v[-1]) / (v + v[-1])",
    "rate of change, made symmetric: bounded at zero volume",
    (k) => k.volumeChange,
  ),
  column("obv20", "(OBV - OBV[-20]) / (sum of v over 20)", "Granville 1963; sum to bounded change", (k) =>
    k.flow(k.signedVolume),
  ),
  column(
    "vpt20",
    "(VPT - VPT[-20]) / (sum of v over 20)",
    "Achelis, Price and volume trend; sum to change",
    (k) => k.flow(k.priceVolume),
  ),
  column(
    "volatility5",
    "deviation of ln(c / c[-1]) over 5, n - 1",
    "historical volatility, a bar",
    (k) => k.volatility5,
  ),
  column(
    "volatility20",
    "deviation of ln(c / c[-1]) over 20, n - 1",
    "historical volatility, a bar",
    (k) => k.volatility20,
  ),
  column("volatilityRatio", "volatility5 / volatility20", "change of volatility", (k) => k.volatilityRatio),
  column("highLowRange", "(h - l) / c", "Parkinson 1980, without the logarithm", (k) => k.highLowRange),
  column("placeInBar", "(c - l) / (h - l)", "close location of Chaikin, 0 to 1", (k) => k.placeInBar),
  column(
    "bodyShare",
    "(c - o) / (h - l)",
    "candle body as a share of the range, -1 to 1",
    (k) => k.bodyShare,
  ),
];

/** The feature set of the recipe `orionquant`; it has no options. */
export const orionquant38: Part<
  "orionquant38",
  z.ZodObject<Record<never, never>, z.core.$strict>,
  Feature
> = {
  kind: "orionquant38",
  config: z.strictObject({}),
  create: () => ({
    columns: table.map((c) => c.name),
    docs: table.map(({ name, formula, source }) => ({ name, formula, source })),
    lookback: orionquantLookback,
    compute(panel) {
      const kernels = orionquantKernels(panelBars(panel));
      return table.map((c) => narrow(c.of(kernels)));
    },
  }),
};
