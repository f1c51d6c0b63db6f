import { allocateBars, BAR_COLUMNS, type BarSeries } from "./bars.ts";

/** The bars of the rows, in their order, copied. @param rows row numbers of the series */
export function pickBars(bars: BarSeries, rows: readonly number[]): BarSeries {
  const picked = allocateBars(bars.instrument, rows.length);
  for (const name of ["closeTime", ...BAR_COLUMNS] as const) {
    rows.forEach((row, i) => {
      picked[name][i] = bars[name][row]!;
    });
  }
  return picked;
}

/** The bars of the rows that `isKept` says, copied. */
export function barsWhere(bars: BarSeries, isKept: (row: number) => boolean): BarSeries {
  const rows: number[] = [];
  for (let row = 0; row < bars.length; row++) if (isKept(row)) rows.push(row);
  return pickBars(bars, rows);
}
