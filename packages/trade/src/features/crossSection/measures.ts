import type { BarSeries } from "../../market/bars.ts";
import { logReturn } from "../indicators/logReturn.ts";
import { extremeDistance } from "../indicators/shape/extremeDistance.ts";

/** What symbols are compared by: a number of one symbol's own last bars, free of its units. */
export interface Measure {
  readonly name: string;
  readonly formula: string;
  readonly source: string;
  /** bars before t that row t may depend on */
  readonly lookback: number;
  /** [T] NaN in the warm-up and across a hole. Exact in its window: the same bars give the same bits wherever the history begins */
  of(bars: BarSeries): Float64Array;
}

const YEAR = 252;
const MONTH = 20;

const returnOver = (bars: number): Measure => ({
  name: `Return${bars}`,
  formula: `ln(close / close[-${bars}])`,
  source: "Jegadeesh and Titman 1993: relative strength among stocks",
  lookback: bars,
  of: ({ close }) => logReturn(close, bars),
});

export const MEASURES: readonly Measure[] = [
  ...[1, 5, 20, 60].map(returnOver),
  {
    name: `Volatility${MONTH}`,
    formula: `deviation of ln(close / close[-1]) over ${MONTH}, n - 1`,
    source: "Ang, Hodrick, Xing and Zhang 2006: the cross-section of volatility",
    lookback: MONTH,
    of: ({ close }) => windowed(logReturn(close), MONTH, deviation),
  },
  {
    name: `Volume${MONTH}`,
    formula: `volume / mean volume over ${MONTH}; 1 without trade`,
    source: "Gervais, Kaniel and Mingelgrin 2001: the high-volume return premium",
    lookback: MONTH - 1,
    of: ({ volume }) =>
      windowed(volume, MONTH, (values, from, to) => {
        const mean = meanOf(values, from, to);
        return mean > 0 ? values[to - 1]! / mean : 1;
      }),
  },
  {
    name: `HighDistance${YEAR}`,
    formula: `close / highest high of ${YEAR} - 1`,
    source: "George and Hwang, Journal of Finance 59:5, 2004",
    lookback: YEAR - 1,
    of: ({ high, low, close }) => extremeDistance(high, low, close, YEAR).high,
  },
];

/** A number of each whole window of finite values, from its own values alone: running sums would keep a trace of what left. */
function windowed(
  values: Float64Array,
  period: number,
  of: (values: Float64Array, from: number, to: number) => number,
): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN);
  let whole = 0;
  for (let t = 0; t < values.length; t++) {
    whole = Number.isFinite(values[t]!) ? whole + 1 : 0;
    if (whole >= period) out[t] = of(values, t + 1 - period, t + 1);
  }
  return out;
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let t = from; t < to; t++) sum += values[t]!;
  return sum / (to - from);
}

function deviation(values: Float64Array, from: number, to: number): number {
  const mean = meanOf(values, from, to);
  let squares = 0;
  for (let t = from; t < to; t++) squares += (values[t]! - mean) ** 2;
  return Math.sqrt(squares / (to - from - 1));
}
