/**
 * Bars of one instrument as columns, oldest first, times strictly ascending.
 * `closeTime` is the moment (ms UTC) at which the bar becomes known: its start plus its length.
 * Prices are in the quote currency; volume is in the base asset (shares, coins).
 */
export interface BarSeries {
  readonly instrument: string;
  readonly length: number;
  readonly closeTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** What is stored of a perpetual future beside its bars and can be joined to them. */
export const BESIDE = ["funding", "mark", "openInterest"] as const;
export type BesideKind = (typeof BESIDE)[number];

/** Columns [T] of a panel's first instrument, as of each close (`besideColumns`); NaN where nothing fresh was known. */
export interface Beside {
  /** last settled rate, a fraction of the position's value */
  readonly funding?: Float64Array;
  /** close of the last mark bar that had closed */
  readonly mark?: Float64Array;
  /** the instrument's own close at the moment of `mark`: the two give a basis however long mark bars are */
  readonly closeAtMark?: Float64Array;
  /** contracts held */
  readonly openInterest?: Float64Array;
}

/** A symbol of a universe: its bars on their own clock, and at which of them it was in the universe. */
export interface Peer {
  readonly bars: BarSeries;
  /** [rows of `bars`] 1 where the symbol was in the universe at the bar's close */
  readonly member: Uint8Array;
  readonly sector: string | null;
}

/** The symbols of a universe, by name; a bar stands for its symbol until `barMs` after its close. */
export interface Peers {
  readonly symbols: readonly Peer[];
  readonly barMs: number;
}

/** N instruments on one clock; NaN marks a bar that an instrument does not have. */
export interface Panel {
  readonly length: number;
  readonly closeTime: Float64Array;
  readonly series: readonly BarSeries[];
  /** of series[0] */
  readonly beside?: Beside;
  /** the universe that series[0] is ranked in */
  readonly peers?: Peers;
}

/** The columns of a bar that hold numbers, in the order used everywhere. */
export const PRICE_COLUMNS = ["open", "high", "low", "close"] as const;
export const BAR_COLUMNS = ["open", "high", "low", "close", "volume"] as const;

/** Rows [from, to) as views on the same memory: nothing is copied. */
export function sliceBars(bars: BarSeries, from: number, to: number): BarSeries {
  return {
    instrument: bars.instrument,
    length: to - from,
    closeTime: bars.closeTime.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
}

/** A panel of one instrument. */
export function singlePanel(bars: BarSeries): Panel {
  return { length: bars.length, closeTime: bars.closeTime, series: [bars] };
}

/** Empty columns of the given length, to be filled. */
export function allocateBars(instrument: string, length: number): BarSeries {
  const column = (): Float64Array => new Float64Array(length);
  return {
    instrument,
    length,
    closeTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
}
