import { UsageError } from "../../core/errors.ts";
import { DAY_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries, PRICE_COLUMNS, sliceBars } from "../bars.ts";
import { zoneOffset } from "../calendars/zoneOffset.ts";
import { checkFactors, factorsOn, type PriceFactors } from "./priceFactors.ts";

/** `raw`: as traded. `splits`: in one kind of share. `total`: dividends taken out as well, so that returns hold them. */
export const ADJUSTMENTS = ["raw", "splits", "total"] as const;
export type Adjustment = (typeof ADJUSTMENTS)[number];

export interface AdjustOptions {
  readonly mode: Adjustment;
  /**
   * A moment (ms UTC): only what had happened by then is used, and only bars that had closed are given. Prices then are
   * those that a data vendor showed on that day, and the last one is raw.
   */
  readonly asOf?: number;
  /** where the instrument's dates are counted; default America/New_York */
  readonly timezone?: string;
}

/**
 * Bars with splits and dividends taken out, from raw bars and cumulative factors:
 *   price x F(day) / F(as of), F = splitFactor (`splits`) or splitFactor x priceFactor (`total`);
 *   volume / (splitFactor(day) / splitFactor(as of)).
 * Without `asOf`, F(as of) is 1: everything that the factors hold is used. `raw` bars come back as they are (cut at `asOf`).
 *
 * Adjusted prices carry the future: each level is divided by every split and dividend that came later, so that a price of
 * 0.10 in 1987 says that this share rose and split many times. A model that sees levels (a price, a price threshold, a
 * minimum in dollars) sees that. Returns and ratios of prices within the past do not: F(as of) is the same in both and
 * cancels. Features of this house are scale-free for this reason; where a level is needed, use `asOf` or raw bars.
 *
 * Pure: the bars that are given stay as they are. A price that is NaN stays NaN.
 * @throws DataError for unsound factors, UsageError for factors of another instrument or an impossible time
 */
export function adjustBars(bars: BarSeries, factors: PriceFactors, options: AdjustOptions): BarSeries {
  const { mode, asOf, timezone = "America/New_York" } = options;
  if (factors.instrument !== bars.instrument) {
    throw new UsageError(`the factors of ${factors.instrument} cannot adjust bars of ${bars.instrument}`);
  }
  checkFactors(factors, `factors of ${factors.instrument}`);
  if (asOf !== undefined && !Number.isFinite(asOf)) throw new UsageError(`as of ${asOf} is no time`);
  const known = asOf === undefined ? bars : knownBars(bars, asOf);
  if (mode === "raw") return known;
  const offset = zoneOffset(timezone);
  // a bar belongs to the date of its last moment: a daily one ends at the midnight after its date
  const dateOf = (time: number): number => Math.floor((time + offset(time)) / DAY_MS) * DAY_MS;
  const base = asOf === undefined ? { price: 1, split: 1 } : factorsOn(factors, dateOf(asOf - 1));
  const out = { ...allocateBars(bars.instrument, known.length), closeTime: known.closeTime };
  let day = Number.NaN;
  let price = 1;
  let split = 1;
  for (let t = 0; t < known.length; t++) {
    const date = dateOf(known.closeTime[t]! - 1);
    if (date !== day) {
      day = date;
      const now = factorsOn(factors, date);
      split = now.split / base.split;
      price = mode === "total" ? (split * now.price) / base.price : split;
    }
    for (const name of PRICE_COLUMNS) out[name][t] = known[name][t]! * price;
    out.volume[t] = known.volume[t]! / split;
  }
  return out;
}

function knownBars(bars: BarSeries, asOf: number): BarSeries {
  let rows = bars.length;
  while (rows > 0 && bars.closeTime[rows - 1]! > asOf) rows--;
  return sliceBars(bars, 0, rows);
}
