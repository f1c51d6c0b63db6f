import { UsageError } from "../core/errors.ts";
import type { BarSeries } from "../market/bars.ts";

/** @throws UsageError when the window is longer than every one of the series that have bars */
export function requireWindow(window: number, series: readonly BarSeries[]): void {
  const longest = Math.max(0, ...series.map((bars) => bars.length));
  if (longest === 0 || window <= longest) return;
  throw new UsageError(
    `model.window: a window of ${window} bars is longer than the ${longest} bars that there are: make it shorter or give more bars`,
  );
}
