import type { MeasureRow } from "./momentumMeasures.ts";
import type { ScanOptions } from "./scanOptions.ts";

/**
 * Why a symbol is no candidate, in the order in which it is asked:
 * - missing: nothing is stored of it, or no bar by the moment of the scan
 * - damaged: what is stored cannot be read
 * - unsorted: its times do not ascend
 * - stale: it lacks more than `staleBars` of the universe's newest bars
 * - broken: a number in the bars needed is not finite, zero, negative or contradicts another
 * - short: fewer bars than the measures need
 * - halted: no volume or no move in the last `haltBars` bars
 * - price: last close below `minPrice`
 * - liquidity: median dollar volume below `minDollarVolume`, or no volume at all to compare with
 * - rsi, rvol: outside what the filters of these names ask for
 */
export const DROP_REASONS = [
  "missing",
  "damaged",
  "unsorted",
  "stale",
  "broken",
  "short",
  "halted",
  "price",
  "liquidity",
  "rsi",
  "rvol",
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export interface Dropped {
  readonly symbol: string;
  readonly reason: DropReason;
  /** the numbers behind it, in words */
  readonly detail: string;
}

export type Verdict = Omit<Dropped, "symbol">;

/** Why a symbol whose bars are sound and enough is no candidate, or null. `stillBars`: bars at its end in which nothing moved. */
export function judge(
  price: number,
  row: MeasureRow,
  stillBars: number,
  { filters, windows }: ScanOptions,
): Verdict | null {
  const { minPrice, minDollarVolume, haltBars, rsi, minRvol } = filters;
  if (stillBars >= haltBars)
    return { reason: "halted", detail: `no volume or no move in the last ${haltBars} bars` };
  if (price < minPrice) return { reason: "price", detail: `its last close ${price} is below ${minPrice}` };
  if (row.dollarVolume < minDollarVolume) {
    const detail = `its median dollar volume ${Math.round(row.dollarVolume)} is below ${minDollarVolume}`;
    return { reason: "liquidity", detail };
  }
  if (!Number.isFinite(row.rvol)) {
    const detail = `no volume in the ${windows.rvol} bars before the last to compare it with`;
    return { reason: "liquidity", detail };
  }
  const unknown = Object.entries(row).find(([, value]) => !Number.isFinite(value));
  if (unknown) return { reason: "broken", detail: `${unknown[0]} is not a finite number` };
  if (rsi && !(row.rsi >= rsi[0] && row.rsi <= rsi[1]))
    return { reason: "rsi", detail: `its RSI ${row.rsi.toFixed(1)} is not in ${rsi[0]} to ${rsi[1]}` };
  if (minRvol !== undefined && row.rvol < minRvol)
    return { reason: "rvol", detail: `its relative volume ${row.rvol.toFixed(2)} is below ${minRvol}` };
  return null;
}
