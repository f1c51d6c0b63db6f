import { ema } from "../../features/indicators/ema.ts";
import { pctChange } from "../../features/indicators/pctChange.ts";
import { rollingMax } from "../../features/indicators/rollingExtreme.ts";
import { rsi } from "../../features/indicators/rsi.ts";
import { extremeDistance } from "../../features/indicators/shape/extremeDistance.ts";
import { gap } from "../../features/indicators/shape/gap.ts";
import { rvol } from "../../features/indicators/volume/rvol.ts";
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import { rollingMedian } from "./rollingMedian.ts";
import type { ScanOptions } from "./scanOptions.ts";
import { trendClass } from "./trendClass.ts";

type Windows = ScanOptions["windows"];

export const MEASURES = [
  "rsi",
  "rvol",
  "percentChange",
  "trend",
  "gap",
  "dollarVolume",
  "distanceTo52WeekHigh",
] as const;
export type Measure = (typeof MEASURES)[number];

/**
 * What the scan measures at a bar t with close c, open o, high h and volume v; NaN where too few bars are known:
 *
 * - rsi: Wilder's relative strength index, 0 to 100
 * - rvol: v[t] over the mean volume of the 20 bars before
 * - percentChange: 100 (c[t] / c[t-1] - 1)
 * - trend: place in `TREND_CLASSES`
 * - gap: o[t] / c[t-1] - 1, a fraction
 * - dollarVolume: median of c v over the last 20 bars, quote currency
 * - distanceTo52WeekHigh: c[t] / highest h of the last 252 bars - 1, a fraction, 0 or below
 */
export type MeasureRow = Readonly<Record<Measure, number>>;
export type MeasureColumns = Readonly<Record<Measure, Float64Array>>;

/** Bars that must be known before a row has every measure. */
export function barsNeeded(windows: Windows): number {
  return Math.max(
    windows.rsi + 1,
    windows.rvol + 1,
    windows.slow + windows.slope,
    windows.dollarVolume,
    windows.high,
  );
}

/** The share of what an average began with that a scan may still see in it. */
const FORGOTTEN = 1e-12;

/** Bars before the end on which a scan depends: averages of infinite memory have forgotten all but 1e-12 of what came before. */
export function tailBars(windows: Windows): number {
  const settling = (alpha: number): number => Math.ceil(Math.log(FORGOTTEN) / Math.log1p(-alpha));
  return Math.max(
    barsNeeded(windows),
    windows.rsi + 1 + settling(1 / windows.rsi),
    windows.slow + windows.slope + settling(2 / (windows.slow + 1)),
  );
}

/** The measures of every bar, each from that bar and those before it alone. Cost: O(T). */
export function measureColumns(bars: BarSeries, windows: Windows): MeasureColumns {
  const { open, high, low, close, volume } = bars;
  const fast = ema(close, windows.fast);
  const slow = ema(close, windows.slow);
  const { slope } = windows;
  const percentChange = pctChange(close);
  const trend = new Float64Array(bars.length).fill(Number.NaN);
  const traded = new Float64Array(bars.length);
  // plain loops: `map` takes several times as long
  for (let t = 0; t < bars.length; t++) {
    percentChange[t] = 100 * percentChange[t]!;
    traded[t] = close[t]! * volume[t]!;
    if (t >= slope) trend[t] = trendClass(close[t]!, fast[t]!, slow[t]!, fast[t - slope]!, slow[t - slope]!);
  }
  return {
    rsi: rsi(close, windows.rsi),
    rvol: finiteColumn(rvol(volume, windows.rvol)),
    percentChange,
    trend,
    gap: finiteColumn(gap(open, close)),
    dollarVolume: rollingMedian(traded, windows.dollarVolume),
    distanceTo52WeekHigh: extremeDistance(high, low, close, windows.high).high,
  };
}

/** The measures of the last bar: those of `measureColumns`, each computed over the bars that it can still feel. */
export function lastMeasures(bars: BarSeries, windows: Windows): MeasureRow {
  const last = (column: Float64Array): number => column[column.length - 1] ?? Number.NaN;
  const tail = (rows: number): BarSeries => sliceBars(bars, Math.max(0, bars.length - rows), bars.length);
  const fast = ema(bars.close, windows.fast);
  const slow = ema(bars.close, windows.slow);
  const before = bars.length - 1 - windows.slope;
  const [day, volumes, traded, year] = [
    tail(2),
    tail(windows.rvol + 1),
    tail(windows.dollarVolume),
    tail(windows.high),
  ];
  const price = last(bars.close);
  const highest = last(rollingMax(year.high, windows.high));
  return {
    rsi: last(rsi(bars.close, windows.rsi)),
    rvol: finite(last(rvol(volumes.volume, windows.rvol))),
    percentChange: 100 * last(pctChange(day.close)),
    trend: trendClass(price, last(fast), last(slow), fast[before] ?? Number.NaN, slow[before] ?? Number.NaN),
    gap: finite(last(gap(day.open, day.close))),
    dollarVolume: last(
      rollingMedian(
        traded.close.map((close, t) => close * traded.volume[t]!),
        windows.dollarVolume,
      ),
    ),
    distanceTo52WeekHigh: highest > 0 ? (price - highest) / highest : Number.NaN,
  };
}

/** One row of columns. */
export function measureRow(columns: MeasureColumns, t: number): MeasureRow {
  return {
    rsi: columns.rsi[t]!,
    rvol: columns.rvol[t]!,
    percentChange: columns.percentChange[t]!,
    trend: columns.trend[t]!,
    gap: columns.gap[t]!,
    dollarVolume: columns.dollarVolume[t]!,
    distanceTo52WeekHigh: columns.distanceTo52WeekHigh[t]!,
  };
}

/** In place. */
function finiteColumn(column: Float64Array): Float64Array {
  for (let t = 0; t < column.length; t++) column[t] = finite(column[t]!);
  return column;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
