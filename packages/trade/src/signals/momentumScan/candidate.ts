import type { MeasureRow } from "./momentumMeasures.ts";
import { TREND_CLASSES, type TrendClass } from "./trendClass.ts";

/** A symbol that a scan found worth a closer look, with what it was measured by. */
export interface Candidate {
  readonly symbol: string;
  /** 0 to 100, see `momentumScore` */
  readonly momentum_score: number;
  /** 0 to 100 */
  readonly rsi: number;
  /** last volume over the mean of the bars before */
  readonly rvol: number;
  /** of the last bar, percent: 5.2 is 5.2 % */
  readonly percentChange: number;
  readonly trend: TrendClass;
  /** last close, quote currency */
  readonly price: number;
  /** last open over the close before, less 1: a fraction */
  readonly gap: number;
  /** median of price times volume, quote currency a bar */
  readonly dollarVolume: number;
  /** last close over the highest high, less 1: a fraction, 0 or below */
  readonly distanceTo52WeekHigh: number;
  /** close of its last bar, ms UTC */
  readonly asOf: number;
}

export function candidateOf(
  symbol: string,
  asOf: number,
  price: number,
  score: number,
  row: MeasureRow,
): Candidate {
  return {
    symbol,
    momentum_score: score,
    rsi: row.rsi,
    rvol: row.rvol,
    percentChange: row.percentChange,
    trend: TREND_CLASSES[row.trend]!,
    price,
    gap: row.gap,
    dollarVolume: row.dollarVolume,
    distanceTo52WeekHigh: row.distanceTo52WeekHigh,
    asOf,
  };
}

/** Highest score first, equal ones by symbol (by code unit, the same on every machine). */
export function before(
  a: { readonly symbol: string; readonly score: number },
  b: { readonly symbol: string; readonly score: number },
): boolean {
  return a.score > b.score || (a.score === b.score && a.symbol < b.symbol);
}

/** The first `top` in the order of `before`, whatever order they come in. */
export function topRanked<R extends { readonly symbol: string; readonly score: number }>(
  rows: Iterable<R>,
  top: number,
): R[] {
  const found: R[] = [];
  for (const row of rows) {
    if (found.length === top && !before(row, found[top - 1]!)) continue;
    let k = Math.min(found.length, top - 1);
    for (; k > 0 && before(row, found[k - 1]!); k--) found[k] = found[k - 1]!;
    found[k] = row;
  }
  return found;
}
