import type { BarSeries } from "../bars.ts";
import { isOnGrid } from "../timeGrid.ts";
import type { Findings } from "./findings.ts";

/** Times that come twice, go back, or lie off the grid of their timeframe. */
export function checkOrder(bars: BarSeries, barMs: number, findings: Findings): void {
  const seen = new Set<number>();
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < bars.length; i++) {
    const time = bars.closeTime[i]!;
    if (!Number.isFinite(time)) continue;
    if (time > latest) latest = time;
    else if (seen.has(time)) findings.addRow("duplicates", bars, i, barMs);
    else findings.addRow("order", bars, i, barMs);
    seen.add(time);
    if (!isOnGrid(time, barMs)) findings.addRow("offGrid", bars, i, barMs);
  }
}
