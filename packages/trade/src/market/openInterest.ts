/**
 * Open interest of a perpetual future, oldest first, times strictly ascending: how much is held at `time`,
 * in contracts (coins, for linear futures) and in quote currency.
 */
export interface OpenInterestSeries {
  readonly instrument: string;
  readonly length: number;
  /** ms UTC */
  readonly time: Float64Array;
  readonly contracts: Float64Array;
  readonly value: Float64Array;
}
