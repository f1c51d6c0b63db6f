import type { ColumnDoc, Feature } from "../../features/feature.ts";
import { logReturn, rollingDeviation, rollingMax, rollingMin, rollingSum } from "../../features/index.ts";
import { narrow } from "../../features/narrow.ts";
import { panelBars } from "../../features/panelBars.ts";
import type { BarSeries } from "../../market/bars.ts";

const WINDOWS = [5, 10, 20, 60, 120];
const OWN = "trailing counterpart of the regime rule";

interface Column extends ColumnDoc {
  of(k: Kernels): Float64Array;
}

interface Kernels {
  readonly bars: BarSeries;
  readonly returns: Float64Array;
  /** deviation of the last R returns */
  readonly usual: Float64Array;
}

/**
 * What the regime rule measures, of the past alone, over several windows: row t reads bars [t - R, t]. All columns are in units of
 * the market's own volatility over the last R = `referenceBars` bars (u), or ratios: they fit any instrument and timeframe.
 */
export function regimeFeatures(referenceBars: number): Feature {
  const R = referenceBars;
  const windows = WINDOWS.filter((n) => 2 * n <= R);
  const columns = [...windows.flatMap((n) => windowColumns(n, R)), ...wholeColumns(R)];
  return {
    columns: columns.map((c) => c.name),
    docs: columns.map(({ name, formula, source }) => ({ name, formula, source })),
    lookback: R,
    compute: (panel) => {
      const bars = panelBars(panel);
      const returns = logReturn(bars.close);
      const kernels = { bars, returns, usual: rollingDeviation(returns, R) };
      return columns.map((c) => narrow(c.of(kernels)));
    },
  };
}

function windowColumns(n: number, R: number): Column[] {
  const root = Math.sqrt(n);
  return [
    {
      name: `trend${n}`,
      formula: `ln(c / c[-${n}]) / (u sqrt(${n}))`,
      source: OWN,
      of: ({ bars, usual }) => over(logReturn(bars.close, n), usual, 0, root),
    },
    {
      name: `volatilityRatio${n}`,
      formula: `deviation of ln(c / c[-1]) over ${n} / u`,
      source: OWN,
      of: ({ returns, usual }) => over(rollingDeviation(returns, n), usual, 1),
    },
    {
      name: `downShare${n}`,
      formula: `sum of r² where r < 0 / sum of r², over ${n}; 0.5 at rest`,
      source: "Barndorff-Nielsen, Kinnebrock, Shephard 2010: realised semivariance",
      of: ({ returns }) =>
        over(
          rollingSum(
            returns.map((r) => (r < 0 ? r * r : r - r)),
            n,
          ),
          rollingSum(
            returns.map((r) => r * r),
            n,
          ),
          0.5,
        ),
    },
    {
      name: `efficiency${n}`,
      formula: `|ln(c / c[-${n}])| / sum of |r| over ${n}; 0 at rest`,
      source: "Kaufman 1995: efficiency ratio",
      of: ({ bars, returns }) =>
        over(logReturn(bars.close, n).map(Math.abs), rollingSum(returns.map(Math.abs), n), 0),
    },
    {
      name: `rangeRatio${n}`,
      formula: `sqrt(mean of ln(h / l)² over ${n} / the same over ${R}); 1 at rest`,
      source: "Parkinson 1980: variance of the range",
      of: ({ bars }) => {
        const squares = bars.high.map((h, t) => Math.log(h / bars.low[t]!) ** 2);
        return over(rollingSum(squares, n), rollingSum(squares, R), 1, n / R).map(Math.sqrt);
      },
    },
    {
      name: `volumeRatio${n}`,
      formula: `mean volume over ${n} / the same over ${R}; 1 at rest`,
      source: "relative volume",
      of: ({ bars }) => over(rollingSum(bars.volume, n), rollingSum(bars.volume, R), 1, n / R),
    },
  ];
}

function wholeColumns(R: number): Column[] {
  return [
    {
      name: "drawdown",
      formula: `ln(max(c over ${R + 1}) / c) / (u sqrt(20))`,
      source: OWN,
      of: ({ bars, usual }) =>
        over(logOf(rollingMax(bars.close, R + 1), bars.close), usual, 0, Math.sqrt(20)),
    },
    {
      name: "climb",
      formula: `ln(c / min(c over ${R + 1})) / (u sqrt(20))`,
      source: OWN,
      of: ({ bars, usual }) =>
        over(logOf(bars.close, rollingMin(bars.close, R + 1)), usual, 0, Math.sqrt(20)),
    },
    {
      name: "lastReturn",
      formula: "ln(c / c[-1]) / u",
      source: OWN,
      of: ({ returns, usual }) => over(returns, usual, 0),
    },
  ];
}

/** a / (b scale); `rest` where b is 0: nothing moved. */
function over(a: Float64Array, b: Float64Array, rest: number, scale = 1): Float64Array {
  return a.map((v, t) => (b[t]! > 0 ? v / (b[t]! * scale) : b[t] === 0 ? rest : Number.NaN));
}

function logOf(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((v, t) => Math.log(v / b[t]!));
}
