import { z } from "zod";
import type { Part } from "../../core/parts.ts";
import { calendar } from "../context/calendar.ts";
import { contextClose } from "../context/contextClose.ts";
import type { ColumnDoc, Feature } from "../feature.ts";
import { type FeatureValues, narrow } from "../narrow.ts";
import { panelBars } from "../panelBars.ts";
import { hybridContextColumns } from "./hybridContext.ts";
import { type HybridKernels, hybridKernels, hybridLookback } from "./hybridKernels.ts";

const instrument = z.string().min(1).max(40);

const config = z.strictObject({
  /** instruments of the panel beside the target, by role: market index, growth index, volatility index, sector fund */
  context: z
    .tuple([instrument, instrument, instrument, instrument.optional()])
    .refine((names) => new Set(names).size === names.length, "names an instrument twice")
    .default(["SPY", "QQQ", "VIX"]),
});

type Column = ColumnDoc & { of(k: HybridKernels): FeatureValues };

const column = (
  name: string,
  formula: string,
  source: string,
  of: (k: HybridKernels) => FeatureValues,
): Column => ({ name, formula, source, of });

const table: readonly Column[] = [
  column("logReturn1", "ln(c / c[-1])", "Campbell, Lo, MacKinlay 1997, 1.4", (k) => k.returns),
  column("logReturn5", "ln(c / c[-5])", "Campbell, Lo, MacKinlay 1997, 1.4", (k) => k.logReturn(5)),
  column("logReturn20", "ln(c / c[-20])", "Campbell, Lo, MacKinlay 1997, 1.4", (k) => k.logReturn(20)),
  column("logReturn60", "ln(c / c[-60])", "Campbell, Lo, MacKinlay 1997, 1.4", (k) => k.logReturn(60)),
  column("overnightGap", "ln(o / c[-1])", "overnight return, French and Roll 1986", (k) => k.overnightGap),
  column(
    "momentum252x21",
    "ln(c[-21] / c[-252])",
    "Jegadeesh and Titman 1993: the year without its last month",
    (k) => k.yearBeforeLastMonth,
  ),
  column("highDistance252", "c / max(h over 252) - 1", "George and Hwang 2004", (k) => k.highDistance),
  column("smaDistance10", "c / SMA(c, 10) - 1", "Achelis; level to distance", (k) => k.smaDistance10),
  column("smaDistance50", "c / SMA(c, 50) - 1", "Achelis; level to distance", (k) => k.smaDistance50),
  column("macdLine", "(EMA(c, 12) - EMA(c, 26)) / c", "Appel 1979", (k) => k.macdLine),
  column(
    "rsi14",
    "100 G / (G + L), Wilder averages of gains and losses, 14; 50 at rest",
    "Wilder 1978",
    (k) => k.rsi14,
  ),
  column(
    "stochastic14",
    "(c - L) / (H - L), extremes of 14 bars; 0.5 at rest",
    "Lane 1984",
    (k) => k.stochastic14,
  ),
  column(
    "bollingerPercentB",
    "(c - lower) / (upper - lower), 20 bars, 2 deviations; 0.5 at rest",
    "Bollinger 2002",
    (k) => k.percentB,
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
  column(
    "volatilityRatio20x60",
    "volatility over 20 / volatility over 60; 1 at rest",
    "change of volatility",
    (k) => k.volatilityRatio,
  ),
  column(
    "rangeRatio14",
    "true range / its Wilder average over 14; 1 at rest",
    "Wilder 1978; range in units of the usual one",
    (k) => k.rangeRatio,
  ),
  column("highLowRange", "(h - l) / c", "Parkinson 1980, without the logarithm", (k) => k.highLowRange),
  column(
    "placeInBar",
    "(c - l) / (h - l); 0.5 without range",
    "close location of Chaikin",
    (k) => k.placeInBar,
  ),
  column("bodyShare", "(c - o) / (h - l); 0 without range", "candle body, -1 to 1", (k) => k.bodyShare),
  column("volumeRatio20", "v / SMA(v, 20); 1 without trade", "relative volume", (k) => k.volumeRatio20),
  column(
    "volumeMeanRatio5x20",
    "SMA(v, 5) / SMA(v, 20); 1 without trade",
    "volume oscillator of Achelis as a ratio",
    (k) => k.volumeMeanRatio,
  ),
  column(
    "volumeChange1",
    "(v - v[-1]) / (v + v[-1]); 0 without trade",
    "rate of change, made symmetric: bounded at zero volume",
    (k) => k.volumeChange,
  ),
  column(
    "obv20",
    "(OBV - OBV[-20]) / (sum of v over 20); 0 without trade",
    "Granville 1963; sum to bounded change",
    (k) => k.obv20,
  ),
];

const dates: readonly (ColumnDoc & { name: keyof ReturnType<typeof calendar> })[] = [
  { name: "weekdaySin", formula: "sin(2 pi d / 7), d = 0 on Monday", source: "weekday on the circle" },
  { name: "weekdayCos", formula: "cos(2 pi d / 7), d = 0 on Monday", source: "weekday on the circle" },
  { name: "monthSin", formula: "sin(2 pi m / 12), m = 0 in January", source: "month on the circle" },
  { name: "monthCos", formula: "cos(2 pi m / 12), m = 0 in January", source: "month on the circle" },
];

/**
 * The feature set of the recipe `hybrid` for daily stocks: 24 columns of the target, 4 of the calendar and 16 of its
 * context, 44; two more with a sector fund. c, o, h, l, v: close, open, high, low, volume; x[-n]: n bars earlier.
 *
 * The panel holds the target first and, beside it, the context instruments by name (see `alignPanel`). Names of
 * context columns end in the instrument they were made of, so that a model never takes another index for the one it
 * was trained with.
 *
 * Every column is free of the target's scale: prices or volume in other units change nothing. No kernel remembers longer
 * than a year of 252 bars, so that five years of daily bars still leave four to learn from: an exponential average of 200
 * would need seven years to forget its start.
 *
 * Rows are NaN until a column has its first value (252 rows for the longest), and where a bar of the target or of the
 * context that the column reads is missing or impossible; a missing bar of the target also starts its averages anew.
 */
export const hybridCore: Part<"hybridCore", typeof config, Feature> = {
  kind: "hybridCore",
  config,
  create({ context: [market, growth, fear, sector] }) {
    const context = hybridContextColumns(market, growth, fear, sector);
    const instruments = [market, growth, fear, ...(sector === undefined ? [] : [sector])];
    const docs = [...table, ...dates, ...context].map(({ name, formula, source }) => ({
      name,
      formula,
      source,
    }));
    return {
      columns: docs.map((doc) => doc.name),
      docs,
      lookback: hybridLookback,
      needs: { context: instruments },
      compute(panel) {
        const bars = panelBars(panel);
        const closes = new Map(instruments.map((name) => [name, contextClose(panel, name)]));
        const kernels = hybridKernels(bars);
        const days = calendar(panel.closeTime);
        return [
          ...table.map((c) => c.of(kernels)),
          ...dates.map((d) => days[d.name]),
          ...context.map((c) => c.of(bars.close, (name) => closes.get(name)!)),
        ].map(narrow);
      },
    };
  },
};
