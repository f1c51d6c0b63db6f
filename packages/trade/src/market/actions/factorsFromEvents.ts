import type { PriceFactors } from "./priceFactors.ts";

/** A split or a dividend (or both) of one ex-date. */
export interface PriceEvent {
  /** midnight UTC of the ex-date */
  readonly exDay: number;
  /** what a share became: 4 for 4:1, 0.1 for 1:10; 1 without a split */
  readonly shares: number;
  /** paid a share that is held after the split of that day, in the money of `close`; 0 without a dividend */
  readonly dividend: number;
}

/** The close of the last day before an ex-date, or null where none is known. */
export type CloseBefore = (exDay: number) => { readonly day: number; readonly close: number } | null;

/**
 * Cumulative factors from events, by the method of the Center for Research in Security Prices (crsp.org, price adjustment):
 * prices before a split of n for m are divided by n/m, prices before a dividend D are multiplied by 1 - D / C, C the last close
 * before the ex-date as it traded, in shares after the day's split. `events` and closes are raw, as they were on their day.
 * An event before the first known close, or that takes the whole price, changes no bar and is left out.
 */
export function factorsFromEvents(
  instrument: string,
  events: readonly PriceEvent[],
  closeBefore: CloseBefore,
): PriceFactors {
  const steps = new Map<number, { price: number; split: number }>();
  for (const { exDay, shares, dividend } of events) {
    const before = closeBefore(exDay);
    if (!before || !(shares > 0)) continue;
    const price = 1 - dividend / (before.close / shares);
    if (!(price > 0 && Number.isFinite(price)) || (price === 1 && shares === 1)) continue;
    const step = steps.get(before.day) ?? { price: 1, split: 1 };
    steps.set(before.day, { price: step.price * price, split: step.split / shares });
  }
  const rows: [number, number, number][] = [];
  let price = 1;
  let split = 1;
  for (const [day, step] of [...steps].sort(([a], [b]) => b - a)) {
    price *= step.price;
    split *= step.split;
    rows.unshift([day, price, split]);
  }
  return {
    instrument,
    length: rows.length,
    day: Float64Array.from(rows, (row) => row[0]),
    priceFactor: Float64Array.from(rows, (row) => row[1]),
    splitFactor: Float64Array.from(rows, (row) => row[2]),
  };
}
