import { DataError, UsageError } from "../../core/errors.ts";
import { DAY_MS, isoTime } from "../../core/time.ts";
import type { PriceFactors } from "./priceFactors.ts";

export interface AdjustedCloses {
  readonly instrument: string;
  /** midnight UTC of each date, ascending */
  readonly day: Float64Array;
  readonly close: Float64Array;
  readonly adjClose: Float64Array;
  /** half the last decimal that both columns are rounded to, such as 0.00005 for four decimals */
  readonly roundingHalf: number;
}

/**
 * Dividend factors out of a vendor's `adjClose` beside its `close`, as Yahoo gives them: close is adjusted for splits
 * already, so that splitFactor is 1 throughout and adjClose / close is the priceFactor.
 *
 * Both columns are rounded, so that the quotient wanders from day to day without any dividend. Each day allows the
 * factors of [(adj - e) / (close + e), (adj + e) / (close - e)], e half a last decimal; days are joined as long as one
 * factor fits them all (the fewest steps that explain the data), and the row's factor is the middle of what fits. A dividend
 * below the rounding is not seen, nor one whose step falls within it: it stays in the row beside it, off by less than e.
 * The last row ends on the last day; factors are scaled so that it is 1.
 *
 * @throws DataError for unordered or doubled days and for prices that are none
 */
export function factorsFromAdjusted(closes: AdjustedCloses): PriceFactors {
  const { instrument, day, close, adjClose, roundingHalf: e } = closes;
  if (!(e >= 0 && Number.isFinite(e))) throw new UsageError(`a rounding of ${e} is not possible`);
  if (close.length !== day.length || adjClose.length !== day.length)
    throw new DataError(`${instrument}: columns of closes differ in length`);
  const rows: { day: number; factor: number }[] = [];
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let t = 0; t < day.length; t++) {
    const told = Number.isFinite(day[t]!) ? isoTime(day[t]!).slice(0, 10) : String(day[t]);
    if (!(day[t]! % DAY_MS === 0) || (t > 0 && day[t]! <= day[t - 1]!))
      throw new DataError(`${instrument}: ${told} is no day after the one above it`);
    const [c, a] = [close[t]!, adjClose[t]!];
    if (!(c > e && a > e && Number.isFinite(c) && Number.isFinite(a)))
      throw new DataError(
        `${instrument} ${told}: close ${c} and adjClose ${a} are no prices above their rounding`,
      );
    // a hair beyond the rounding: the division rounds as well
    const dayLow = ((a - e) / (c + e)) * (1 - 1e-12);
    const dayHigh = ((a + e) / (c - e)) * (1 + 1e-12);
    if (Math.max(low, dayLow) > Math.min(high, dayHigh)) {
      rows.push({ day: day[t - 1]!, factor: (low + high) / 2 });
      low = dayLow;
      high = dayHigh;
    } else {
      low = Math.max(low, dayLow);
      high = Math.min(high, dayHigh);
    }
  }
  if (day.length > 0) rows.push({ day: day[day.length - 1]!, factor: (low + high) / 2 });
  const last = rows[rows.length - 1]?.factor ?? 1;
  return {
    instrument,
    length: rows.length,
    day: Float64Array.from(rows, (r) => r.day),
    priceFactor: Float64Array.from(rows, (r) => r.factor / last),
    splitFactor: new Float64Array(rows.length).fill(1),
  };
}
