import { isoTime } from "../../core/time.ts";
import { barFault } from "../../market/barFault.ts";
import type { BarSeries } from "../../market/bars.ts";

/** No price or amount of a market is as large; its products are still finite. */
const LARGEST = 1e60;

/** Why a row is no bar that could be measured, in words, or null. */
export function rowFault(bars: BarSeries, row: number): string | null {
  const [open, high, low, close, volume] = [
    bars.open[row]!,
    bars.high[row]!,
    bars.low[row]!,
    bars.close[row]!,
    bars.volume[row]!,
  ];
  const fault = barFault(open, high, low, close, volume);
  if (fault) return fault;
  return Math.max(open, high, close, volume) <= LARGEST ? null : `a number is above ${LARGEST}`;
}

/** The first of rows [from, end) behind the last fault among them, and that fault with its time. */
export function soundFrom(bars: BarSeries, from: number, end: number): { row: number; fault: string | null } {
  for (let row = end - 1; row >= from; row--) {
    const fault = rowFault(bars, row);
    if (fault) return { row: row + 1, fault: `${fault} in the bar closed ${isoTime(bars.closeTime[row]!)}` };
  }
  return { row: from, fault: null };
}

/** What is wrong with the order of the bars, in words, or null. */
export function orderFault(bars: BarSeries): string | null {
  const { closeTime } = bars;
  for (let t = 0; t < bars.length; t++) {
    if (!Number.isFinite(closeTime[t])) return `bar ${t + 1} has no time`;
    if (t > 0 && closeTime[t]! <= closeTime[t - 1]!)
      return `bar ${t + 1} (closed ${isoTime(closeTime[t]!)}) is not after the one before it`;
  }
  return null;
}

/** Whether nobody could trade in a bar: no volume, or one price all through that is the close before. */
export function isStill(bars: BarSeries, row: number): boolean {
  if (bars.volume[row] === 0) return true;
  return bars.high[row] === bars.low[row] && bars.close[row] === bars.close[row - 1];
}
