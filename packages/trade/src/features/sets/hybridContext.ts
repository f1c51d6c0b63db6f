import { STRESS_RATIO, trendSign, volatilityState } from "../context/marketRegime.ts";
import { rollingRegression } from "../context/rollingRegression.ts";
import type { ColumnDoc } from "../feature.ts";
import { logReturn } from "../indicators/logReturn.ts";
import { rollingDeviation } from "../indicators/rollingMoments.ts";
import { zScore } from "../indicators/zScore.ts";
import type { FeatureValues } from "../narrow.ts";
import { difference, YEAR } from "./hybridKernels.ts";

/** Bars of beta and correlation: a quarter of trading days. */
const BETA_BARS = 60;
/** Bars of the market's trend, as Faber's ten months. */
const TREND_BARS = 200;

export interface ContextColumn extends ColumnDoc {
  /** the column from the target's close and, by instrument, the context's closes */
  of(target: Float64Array, close: (instrument: string) => Float64Array): FeatureValues;
}

type Columns = readonly ContextColumn[];

/** The columns that set the target beside its market: [market index, growth index, volatility index, sector fund]. */
export function hybridContextColumns(
  market: string,
  growth: string,
  fear: string,
  sector: string | undefined,
): Columns {
  return [
    ...together(market),
    ...together(growth),
    relativeStrength(market, 20),
    relativeStrength(market, 60),
    ...indexColumns(market, [1, 20]),
    ...indexColumns(growth, [1, 20]),
    ...fearColumns(fear),
    ...regime(market),
    ...(sector === undefined ? [] : [...together(sector).slice(0, 1), relativeStrength(sector, 20)]),
  ];
}

function together(index: string): Columns {
  const of = (target: Float64Array, close: Float64Array) =>
    rollingRegression(logReturn(target), logReturn(close), BETA_BARS);
  return [
    {
      name: `beta60${index}`,
      formula: `cov(r, m) / var(m) over 60, r and m one-bar log returns of the target and of ${index}; 0 where m is at rest`,
      source: "Sharpe 1964, market model with an intercept",
      of: (target, close) => of(target, close(index)).beta,
    },
    {
      name: `correlation60${index}`,
      formula: `cov(r, m) / sqrt(var(r) var(m)) over 60, m of ${index}; 0 where either is at rest`,
      source: "Pearson 1895",
      of: (target, close) => of(target, close(index)).correlation,
    },
  ];
}

function relativeStrength(index: string, bars: number): ContextColumn {
  return {
    name: `relativeStrength${bars}${index}`,
    formula: `ln(c / c[-${bars}]) - ln(m / m[-${bars}]), m the close of ${index}`,
    source: "Levy 1967, as a difference of log returns",
    of: (target, close) => difference(logReturn(target, bars), logReturn(close(index), bars)),
  };
}

function indexColumns(index: string, periods: readonly number[]): Columns {
  return [
    ...periods.map(
      (bars): ContextColumn => ({
        name: `logReturn${bars}${index}`,
        formula: `ln(m / m[-${bars}]), m the close of ${index}`,
        source: "Campbell, Lo, MacKinlay 1997, 1.4",
        of: (_target, close) => logReturn(close(index), bars),
      }),
    ),
    {
      name: `volatility20${index}`,
      formula: `deviation of ln(m / m[-1]) over 20, n - 1, m the close of ${index}`,
      source: "historical volatility, a bar",
      of: (_target, close) => rollingDeviation(logReturn(close(index)), 20),
    },
  ];
}

function fearColumns(fear: string): Columns {
  return [
    {
      name: `zScore${YEAR}${fear}`,
      formula: `(ln v - mean) / deviation over ${YEAR}, n - 1, v the close of ${fear}; 0 at rest`,
      source: "standard score of the level; in logs, since volatility is skewed",
      of: (_target, close) =>
        zScore(
          close(fear).map((level) => Math.log(level)),
          YEAR,
        ),
    },
    {
      name: `logChange1${fear}`,
      formula: `ln(v / v[-1]), v the close of ${fear}`,
      source: "Whaley 2000, the investor fear gauge",
      of: (_target, close) => logReturn(close(fear), 1),
    },
  ];
}

function regime(market: string): Columns {
  return [
    {
      name: `trend${TREND_BARS}${market}`,
      formula: `1 where m > SMA(m, ${TREND_BARS}), -1 below it, 0 on it, m the close of ${market}`,
      source: "Faber 2007",
      of: (_target, close) => trendSign(close(market), TREND_BARS),
    },
    {
      name: `volatilityState${market}`,
      formula: `1 where volatility over 20 > ${STRESS_RATIO} x that over ${YEAR}, -1 where < 1 / ${STRESS_RATIO} of it, else 0, of ${market}`,
      source: "two-state volatility as in Hamilton and Susmel 1994, by a fixed rule",
      of: (_target, close) => volatilityState(logReturn(close(market)), 20, YEAR),
    },
  ];
}
