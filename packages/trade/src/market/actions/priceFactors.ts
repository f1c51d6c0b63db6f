import { DataError } from "../../core/errors.ts";
import { DAY_MS, isoTime } from "../../core/time.ts";

/**
 * Splits and dividends of one instrument as cumulative factors. Row i holds for the dates after `day[i-1]` up to and with
 * `day[i]`; after the last row both factors are 1. A raw price x splitFactor is in today's shares; x priceFactor as well,
 * dividends are taken out of it too. A change from one row to the next is an event whose first day (the ex-date) is
 * the day after: a ratio of 0.5 from `splitFactor` 0.5 to 1 is a 2:1 split.
 */
export interface PriceFactors {
  readonly instrument: string;
  readonly length: number;
  /** midnight UTC of the exchange's date, ms, strictly ascending */
  readonly day: Float64Array;
  /** of dividends, in (0, 1] as a rule */
  readonly priceFactor: Float64Array;
  /** of splits; above 1 before a reverse split */
  readonly splitFactor: Float64Array;
}

/** The factors that hold on a date (midnight UTC); 1 after the last row. */
export function factorsOn(factors: PriceFactors, day: number): { price: number; split: number } {
  let low = 0;
  let high = factors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (factors.day[middle]! < day) low = middle + 1;
    else high = middle;
  }
  return low < factors.length
    ? { price: factors.priceFactor[low]!, split: factors.splitFactor[low]! }
    : { price: 1, split: 1 };
}

/** @throws DataError that names the first row whose day does not follow or whose factor is no number above 0 */
export function checkFactors(factors: PriceFactors, place: string): void {
  const { day, priceFactor, splitFactor, length } = factors;
  if ([day, priceFactor, splitFactor].some((column) => column.length !== length))
    throw new DataError(`${place}: columns of factors differ in length`);
  for (let i = 0; i < length; i++) {
    const isDay = Number.isFinite(day[i]!) && day[i]! % DAY_MS === 0;
    const told = Number.isFinite(day[i]!) ? isoTime(day[i]!).slice(0, 10) : String(day[i]);
    if (!isDay || (i > 0 && day[i]! <= day[i - 1]!)) {
      throw new DataError(`${place}, row ${i + 1}: ${told} is no day after the one above it`);
    }
    for (const [name, column] of Object.entries({ priceFactor, splitFactor })) {
      if (!(column[i]! > 0 && Number.isFinite(column[i]!)))
        throw new DataError(`${place}, row ${i + 1} (${told}): ${name} ${column[i]} is no number above 0`);
    }
  }
}

/** A split or a dividend (or both), seen as the step of the factors. */
export interface FactorEvent {
  /** the last date before it, midnight UTC ms; the ex-date is the next day of trade */
  readonly day: number;
  /** what prices up to `day` are multiplied by for the dividend: 1 - dividend / close; 1 without one */
  readonly price: number;
  /** the same for the split: 0.5 for 2:1; 1 without one */
  readonly split: number;
}

/** The events that the factors hold, oldest first; rows at which nothing changes are none. */
export function factorEvents(factors: PriceFactors): FactorEvent[] {
  const events: FactorEvent[] = [];
  for (let i = 0; i < factors.length; i++) {
    const last = i + 1 === factors.length;
    const price = factors.priceFactor[i]! / (last ? 1 : factors.priceFactor[i + 1]!);
    const split = factors.splitFactor[i]! / (last ? 1 : factors.splitFactor[i + 1]!);
    if (price !== 1 || split !== 1) events.push({ day: factors.day[i]!, price, split });
  }
  return events;
}

/** Files round factors to seven digits: two quotients of such numbers agree to this. */
const ROUNDING = 1e-6;

/** Whether `fresh` holds all events of `old`, alike, and adds only later ones: a newer edition of one history. */
export function extendsFactors(old: PriceFactors, fresh: PriceFactors): boolean {
  const before = factorEvents(old);
  const after = factorEvents(fresh);
  return (
    before.length <= after.length &&
    before.every((event, i) => {
      const same = after[i]!;
      return (
        same.day === event.day &&
        Math.abs(same.price / event.price - 1) <= ROUNDING &&
        Math.abs(same.split / event.split - 1) <= ROUNDING
      );
    })
  );
}
