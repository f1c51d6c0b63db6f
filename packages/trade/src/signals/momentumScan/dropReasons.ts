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
  { filters }: ScanOptions,
): DropReason | null {
  if (stillBars >= filters.haltBars) return "halted";
  if (price < filters.minPrice) return "price";
  if (row.dollarVolume < filters.minDollarVolume || !Number.isFinite(row.rvol)) return "liquidity";
  if (!Number.isFinite(row.rsi + row.percentChange + row.trend + row.gap)) return "broken";
  if (!Number.isFinite(row.dollarVolume + row.distanceTo52WeekHigh)) return "broken";
  if (filters.rsi && !(row.rsi >= filters.rsi[0] && row.rsi <= filters.rsi[1])) return "rsi";
  if (filters.minRvol !== undefined && row.rvol < filters.minRvol) return "rvol";
  return null;
}

/** The numbers behind what `judge` said, in words. */
export function detailOf(
  reason: DropReason,
  price: number,
  row: MeasureRow,
  { filters, windows }: ScanOptions,
): string {
  if (reason === "halted") return `no volume or no move in the last ${filters.haltBars} bars`;
  if (reason === "price") return `its last close ${price} is below ${filters.minPrice}`;
  if (reason === "liquidity" && row.dollarVolume < filters.minDollarVolume)
    return `its median dollar volume ${Math.round(row.dollarVolume)} is below ${filters.minDollarVolume}`;
  if (reason === "liquidity")
    return `no volume in the ${windows.rvol} bars before the last to compare it with`;
  if (reason === "rsi") return `its RSI ${row.rsi.toFixed(1)} is not in ${filters.rsi?.join(" to ")}`;
  if (reason === "rvol") return `its relative volume ${row.rvol.toFixed(2)} is below ${filters.minRvol}`;
  const unknown = Object.entries(row).find(([, value]) => !Number.isFinite(value));
  return `${unknown?.[0] ?? "a measure"} is not a finite number`;
}
