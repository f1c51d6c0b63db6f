import { DataError } from "../../core/errors.ts";
import { barFault } from "../../market/barFault.ts";
import type { Panel } from "../../market/bars.ts";

/**
 * Closes of the context instrument of this name: one of the panel's series after the first, so that a fund can be judged
 * against itself. NaN where its bar is missing or its prices cannot be (by `barFault`); volume is not asked for, since
 * an index as the VIX has none.
 * @throws DataError when the panel does not hold it, or holds it with columns of other lengths than it says
 */
export function contextClose(panel: Panel, instrument: string): Float64Array {
  const bars = panel.series.slice(1).find((series) => series.instrument === instrument);
  if (!bars) {
    const held = panel.series.map((series) => series.instrument).join(", ");
    throw new DataError(
      `features: the panel holds no context '${instrument}' (it holds ${held || "nothing"}): import it and name it in the recipe's context`,
    );
  }
  const { open, high, low, close } = bars;
  for (const column of [open, high, low, close]) {
    if (column.length !== panel.length) {
      throw new DataError(
        `features: ${instrument} has ${column.length} rows of prices in a panel of ${panel.length}`,
      );
    }
  }
  return close.map((price, t) =>
    barFault(open[t]!, high[t]!, low[t]!, price, 0) === null ? price : Number.NaN,
  );
}
