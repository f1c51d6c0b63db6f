/**
 * Funding of a perpetual future, oldest first, times strictly ascending.
 * `rate` is a fraction of the position's value: at a positive rate longs pay shorts.
 */
export interface FundingSeries {
  readonly instrument: string;
  readonly length: number;
  /** ms UTC, on the full hour */
  readonly time: Float64Array;
  readonly rate: Float64Array;
}
