import { DataError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import type { BarSeries } from "../market/bars.ts";

/**
 * Refuses bars that a simulation would turn into a number that only looks right.
 * @throws DataError that names the first row which is not finite, not positive, inconsistent (high below low, open or
 * close outside them), out of order, or nearer to the row before than one bar
 */
export function checkBars(bars: BarSeries, timeframeMs: number): void {
  const { closeTime, open, high, low, close } = bars;
  for (let i = 0; i < bars.length; i++) {
    const o = open[i]!;
    const h = high[i]!;
    const l = low[i]!;
    const c = close[i]!;
    const time = closeTime[i]!;
    const isSound =
      l > 0 && o >= l && c >= l && h >= o && h >= c && h < Number.POSITIVE_INFINITY && Number.isFinite(time);
    if (!isSound) {
      const when = Number.isFinite(time) ? isoTime(time) : String(time);
      throw new DataError(
        `${bars.instrument}: row ${i} (${when}) is no bar: open ${o}, high ${h}, low ${l}, close ${c}; ` +
          "see `orion data check`",
      );
    }
    if (i > 0 && !(time - closeTime[i - 1]! >= timeframeMs)) {
      throw new DataError(
        `${bars.instrument}: row ${i} (${isoTime(time)}) does not follow row ${i - 1} ` +
          `(${isoTime(closeTime[i - 1]!)}) by a bar of ${timeframeMs} ms; import the bars in order`,
      );
    }
  }
}
