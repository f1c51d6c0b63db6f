import { DataError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { isoTime } from "../core/time.ts";
import { allocateBars, BAR_COLUMNS, type BarSeries, PRICE_COLUMNS } from "../market/bars.ts";
import type { ParquetColumn } from "./parquet.ts";

export type BarKind = "bars" | "mark";
export type BarColumn = (typeof BAR_COLUMNS)[number];

/** The columns that are stored beside `closeTime`: mark prices have no volume. */
export function columnsOf(kind: BarKind): readonly BarColumn[] {
  return kind === "bars" ? BAR_COLUMNS : PRICE_COLUMNS;
}

/** SHA-256 over the columns one after another: equal bars give equal text on every machine. */
export function barsSha256(bars: BarSeries, kind: BarKind = "bars"): string {
  return sha256(bars.closeTime, ...columnsOf(kind).map((name) => bars[name]));
}

/** Bars as they are written. */
export function parquetColumns(bars: BarSeries, kind: BarKind): ParquetColumn[] {
  return [
    { name: "closeTime", type: "time", values: bars.closeTime },
    ...columnsOf(kind).map((name) => ({ name, type: "float64" as const, values: bars[name] })),
  ];
}

/** Bars from the columns read: `closeTime` and those of the kind, in that order. */
export function toBars(instrument: string, kind: BarKind, columns: readonly Float64Array[]): BarSeries {
  const [closeTime, open, high, low, close, volume] = columns;
  const length = closeTime!.length;
  return {
    instrument,
    length,
    closeTime: closeTime!,
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: kind === "bars" ? volume! : (volume ?? new Float64Array(length)).fill(Number.NaN),
  };
}

/** Series of one instrument after one another as one. */
export function concatBars(instrument: string, pieces: readonly BarSeries[]): BarSeries {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const all = allocateBars(
    instrument,
    pieces.reduce((sum, p) => sum + p.length, 0),
  );
  let at = 0;
  for (const piece of pieces) {
    for (const name of ["closeTime", ...BAR_COLUMNS] as const) all[name].set(piece[name], at);
    at += piece.length;
  }
  return all;
}

/** The first row that is not finite (or, for times, not after the row before it), or null. */
function firstFault(column: Float64Array, isTime: boolean): number | null {
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (!Number.isFinite(value) || (isTime && value <= before)) return i;
    before = value;
  }
  return null;
}

/** @throws DataError at the first number that no stored bar can have */
export function assertWhole(
  columns: readonly { readonly name: string; readonly values: Float64Array }[],
  path: string,
): void {
  for (const { name, values } of columns) {
    const row = firstFault(values, name === "closeTime");
    if (row !== null)
      throw new DataError(`${path}, row ${row + 1}: ${name} is damaged; import the bars again`);
  }
}

/** @throws DataError when bars to be written are not ascending in time or not finite */
export function assertSound(bars: BarSeries, kind: BarKind, path: string): void {
  for (const name of ["closeTime", ...columnsOf(kind)] as const) {
    const row = firstFault(bars[name], name === "closeTime");
    if (row === null) continue;
    const time = bars.closeTime[row]!;
    const place = Number.isFinite(time) ? ` (closed ${isoTime(time)})` : "";
    const fault = name === "closeTime" ? "is not after the one before it" : `is ${bars[name][row]}`;
    throw new DataError(`${path}: ${name} of bar ${row + 1}${place} ${fault}; nothing was written`);
  }
}
