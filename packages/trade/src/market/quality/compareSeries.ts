import { type BarSeries, PRICE_COLUMNS } from "../bars.ts";
import type { Findings } from "./findings.ts";

/** Another series of the same times: another source, or a shorter timeframe that was joined. */
export interface OtherSeries {
  /** in words, such as `1m bars joined to 5m` */
  readonly name: string;
  readonly bars: BarSeries;
  /** largest relative difference of a price, and of the volume (null: volumes are not compared) */
  readonly tolerance: { readonly price: number; readonly volume: number | null };
}

/** What a comparison over the common times saw. */
export interface Agreement {
  readonly name: string;
  readonly tolerance: { readonly price: number; readonly volume: number | null };
  readonly common: number;
  /** common bars of which a price (or else the volume) differs by more than the tolerance */
  readonly differing: number;
  readonly largestPriceDifference: number | null;
  /** median of other close / own close: 1 when both are adjusted alike; null without common times */
  readonly medianRatio: number | null;
}

/** Compares two series bar by bar at equal close times. */
export function compareSeries(
  bars: BarSeries,
  barMs: number,
  other: OtherSeries,
  findings: Findings,
): Agreement {
  const { price, volume } = other.tolerance;
  const ratios: number[] = [];
  let differing = 0;
  let largest = 0;
  for (let i = 0, j = 0; i < bars.length && j < other.bars.length; ) {
    const own = bars.closeTime[i]!;
    const theirs = other.bars.closeTime[j]!;
    if (own < theirs) i++;
    else if (theirs < own) j++;
    else {
      ratios.push(other.bars.close[j]! / bars.close[i]!);
      const odd: string[] = [];
      for (const name of PRICE_COLUMNS) {
        const difference = relative(bars[name][i]!, other.bars[name][j]!);
        largest = Math.max(largest, difference);
        if (difference > price) odd.push(name);
      }
      if (volume !== null && relative(bars.volume[i]!, other.bars.volume[j]!) > volume) odd.push("volume");
      if (odd.length > 0) {
        differing++;
        findings.add("disagreement", own - barMs, own, 1, `${odd.join(", ")} against ${other.name}`);
      }
      i++;
      j++;
    }
  }
  return {
    name: other.name,
    tolerance: other.tolerance,
    common: ratios.length,
    differing,
    largestPriceDifference: ratios.length === 0 ? null : largest,
    medianRatio: ratios.length === 0 ? null : ratios.sort((a, b) => a - b)[ratios.length >>> 1]!,
  };
}

/** The difference as a fraction of the larger of both. Two zeros are equal. */
function relative(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}
