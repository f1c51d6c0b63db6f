import { featureSet } from "./featureSet.ts";
import { fundingClock } from "./fundingClock.ts";
import { asIs, indicatorColumn as column, type SetColumn } from "./indicatorColumns.ts";
import { priceColumns } from "./priceColumns.ts";

const clock: readonly SetColumn[] = [
  ...["hour", "weekday", "month"].flatMap((cycle) => [
    column(`${cycle}Sin`, cycle, {}, asIs, "sin"),
    column(`${cycle}Cos`, cycle, {}, asIs, "cos"),
  ]),
  ...fundingClock,
];

/**
 * The feature set of crypto futures: what prices and volume tell (`priceColumns`: returns, trend, momentum, volatility,
 * volume, shape of the bar, statistics of the returns), and the clock.
 *
 * Every column is free of scale: prices or volume in other units change nothing, so that a model of one contract can be
 * fed with another.
 *
 * Funding, basis and open interest are no columns here: the bars that a set reads carry open, high, low, close and volume
 * alone. What the clock tells of funding is there: how far the eight hours between two settlements have gone.
 *
 * Rows are NaN until a column has its first value, and where a bar is missing or impossible, which begins every history anew.
 * `lookback` counts averages of infinite memory until they have forgotten all but 1e-7 of their start.
 */
export const futures100 = featureSet("futures100", [...priceColumns, ...clock]);
