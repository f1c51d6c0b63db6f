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

/** N instruments on one clock; NaN marks a bar that an instrument does not have. */
export interface Panel {
  readonly length: number;
  readonly closeTime: Float64Array;
  readonly series: readonly BarSeries[];
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
