import { DataError } from "../core/errors.ts";
import type { BarSeries, Panel } from "../market/bars.ts";

/**
 * The panel's one series, its columns as long as the panel.
 * @throws DataError when there is none, or a column that the label reads has another length
 */
export function soleSeries(
  { closeTime, length, series }: Panel,
  columns: readonly ("open" | "high" | "low" | "close")[],
): BarSeries {
  const bars = series[0];
  if (!bars) throw new DataError("labels: the panel holds no instrument: give it one series of bars");
  if (closeTime.length !== length)
    throw new DataError(`labels: ${closeTime.length} times in a panel of ${length} rows`);
  for (const name of columns) {
    if (bars[name].length !== length)
      throw new DataError(
        `labels: ${bars.instrument} has ${bars[name].length} values of ${name} in a panel of ${length} rows`,
      );
  }
  return bars;
}
