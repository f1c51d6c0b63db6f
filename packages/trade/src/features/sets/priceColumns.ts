import { findIndicator } from "../indicators/registry/indicatorParts.ts";
import { directionColumns } from "./directionColumns.ts";
import {
  asIs,
  indicatorColumn as column,
  distance,
  perClose,
  ratioColumn,
  returnColumns,
  type SetColumn,
  shareOf,
} from "./indicatorColumns.ts";
import { barColumns, flowColumns, macdLine, volumeChange, volumeRatioColumn } from "./kernelColumns.ts";

const trend: readonly SetColumn[] = [
  ...[10, 20, 50, 100, 200].map((n) => column(`smaDistance${n}`, "sma", { period: n }, distance)),
  ...[8, 21, 50].map((n) => column(`emaDistance${n}`, "ema", { period: n }, distance)),
  column("demaDistance20", "dema", { period: 20 }, distance),
  column("temaDistance20", "tema", { period: 20 }, distance),
  column("wmaDistance20", "wma", { period: 20 }, distance),
  column("hmaDistance16", "hma", { period: 16 }, distance),
  column("t3Distance5", "t3", { period: 5 }, distance),
  column("trimaDistance20", "trima", { period: 20 }, distance),
  column("zlemaDistance20", "zlema", { period: 20 }, distance),
  column("vwmaDistance20", "vwma", { period: 20 }, distance),
  ...[14, 50].flatMap((n) => [
    column(`regressionSlope${n}`, "linreg", { period: n }, perClose, "slope"),
    column(`regressionFit${n}`, "linreg", { period: n }, asIs, "r2"),
  ]),
  column("forecastOscillator14", "fosc", { period: 14 }),
  ...["conversion", "base", "spanA", "spanB"].map((line) =>
    column(`ichimoku${line[0]!.toUpperCase()}${line.slice(1)}`, "ichimoku", {}, distance, line),
  ),
  macdLine,
  column("macdSignal", "macd", {}, perClose, "signal"),
  column("macdHistogram", "macd", {}, perClose, "histogram"),
  column("trix15", "trix", { period: 15 }),
  ...directionColumns(14),
  column("aroonUp25", "aroon", { period: 25 }, asIs, "up"),
  column("aroonDown25", "aroon", { period: 25 }, asIs, "down"),
  column("vortexPlus14", "vortex", { period: 14 }, asIs, "plus"),
  column("vortexMinus14", "vortex", { period: 14 }, asIs, "minus"),
  column("vhf28", "vhf", { period: 28 }),
  column("dpo20", "dpo", { period: 20 }, perClose),
];

const momentum: readonly SetColumn[] = [
  ...[7, 14, 28].map((n) => column(`rsi${n}`, "rsi", { period: n })),
  column("stochRsiK14", "stochRsi", {}, asIs, "k"),
  column("stochRsiD14", "stochRsi", {}, asIs, "d"),
  column("stochasticK14", "stochastic", { period: 14 }, asIs, "k"),
  column("stochasticD14", "stochastic", { period: 14 }, asIs, "d"),
  column("williamsR14", "williamsR", { period: 14 }),
  column("cmo14", "cmo", { period: 14 }),
  column("cci20", "cci", { period: 20 }),
  column("mfi14", "mfi", { period: 14 }),
  column("ultimate", "ultimate"),
  column("tsi25x13", "tsi", { long: 25, short: 13 }),
  column("fisher9", "fisher", { period: 9 }),
  column("awesome", "awesome", {}, perClose, "ao"),
  column("acceleration", "awesome", {}, perClose, "ac"),
  column("coppock", "coppock"),
  column("kst", "kst"),
  column("bullPower13", "elderRay", { period: 13 }, perClose, "bull"),
  column("bearPower13", "elderRay", { period: 13 }, perClose, "bear"),
];

const realised = (period: number) => findIndicator("realised").create({ period });

const volatility: readonly SetColumn[] = [
  column("natr14", "natr", { period: 14 }),
  column("bollingerPercentB", "bollinger", {}, asIs, "percentB"),
  column("bollingerWidth", "bollinger", {}, asIs, "width"),
  column("keltnerUpperDistance20", "keltner", {}, distance, "upper"),
  column("keltnerLowerDistance20", "keltner", {}, distance, "lower"),
  ...[20, 55].flatMap((n) => [
    column(`donchianPosition${n}`, "donchian", { period: n }, asIs, "position"),
    column(`donchianWidth${n}`, "donchian", { period: n }, asIs, "width"),
  ]),
  column("parkinson20", "parkinson", { period: 20 }),
  column("garmanKlass20", "garmanKlass", { period: 20 }),
  column("rogersSatchell20", "rogersSatchell", { period: 20 }),
  column("yangZhang20", "yangZhang", { period: 20 }),
  ...[5, 20, 100].map((n) => column(`realised${n}`, "realised", { period: n })),
  ratioColumn("realisedRatio5x20", "change of volatility", realised(5), realised(20)),
  ratioColumn("realisedRatio20x100", "change of volatility", realised(20), realised(100)),
  ratioColumn(
    "rangeToClose20",
    "Parkinson 1980: extremes beside closes, 1 for a walk without drift",
    findIndicator("parkinson").create({ period: 20 }),
    realised(20),
  ),
  column("ulcer14", "ulcer", { period: 14 }),
  column("choppiness14", "choppiness", { period: 14 }),
  column("chaikinVolatility10", "chaikinVolatility"),
  column("massIndex25", "massIndex"),
];

const volume: readonly SetColumn[] = [
  column("vwapDistance20", "vwap", { period: 20 }, distance),
  column("vwapDistance100", "vwap", { period: 100 }, distance),
  volumeRatioColumn(20),
  volumeChange,
  column("volumeOscillator5x20", "volumeOscillator", { fast: 5, slow: 20 }),
  column("volumeOscillator20x100", "volumeOscillator", { fast: 20, slow: 100 }),
  column("volumeZScore20", "volumeZScore", { period: 20 }),
  column("volumeZScore100", "volumeZScore", { period: 100 }),
  column("cmf20", "cmf", { period: 20 }),
  ...flowColumns(20),
  ratioColumn(
    "amihudRatio20x100",
    "Amihud, Journal of Financial Markets 5:1, 2002; in units of the usual illiquidity",
    findIndicator("amihud").create({ period: 20 }),
    findIndicator("amihud").create({ period: 100 }),
    0,
  ),
];

const shape: readonly SetColumn[] = [
  ...barColumns,
  column("bodyShare", "candle", {}, asIs, "body"),
  column("upperShadow", "candle", {}, asIs, "upperShadow"),
  column("lowerShadow", "candle", {}, asIs, "lowerShadow"),
  column("gap", "gap"),
  ...[50, 250].flatMap((n) => [
    column(`highDistance${n}`, "extremeDistance", { period: n }, asIs, "high"),
    column(`lowDistance${n}`, "extremeDistance", { period: n }, asIs, "low"),
  ]),
  column("drawdown100", "drawdown", { period: 100 }, asIs, "drawdown"),
  column("underwater100", "drawdown", { period: 100 }, shareOf(100), "underwater"),
];

const statistics: readonly SetColumn[] = [
  ...[20, 100].map((n) => column(`zScore${n}`, "zScore", { period: n })),
  column("skew60", "skew", { period: 60 }),
  column("kurtosis60", "kurtosis", { period: 60 }),
  column("autocorrelation60", "autocorrelation", { period: 60 }),
  column("entropy60", "entropy", { period: 60 }),
  column("hurst256", "hurst", { period: 256 }),
];

/**
 * What prices and volume of one series tell, free of scale: a level of the price is taken as the close's distance from it,
 * a difference of prices in units of the close, running totals (OBV, VPT) as shares of what was traded in a window,
 * illiquidity in units of the usual one. Formula and source of a column are those of the indicator that it is made of.
 */
export const priceColumns: readonly SetColumn[] = [
  ...returnColumns(1, 2, 3, 5, 10, 20, 50, 100),
  ...trend,
  ...momentum,
  ...volatility,
  ...volume,
  ...shape,
  ...statistics,
];
