import { DataError } from "../core/errors.ts";
import { barFault } from "../market/barFault.ts";
import { BAR_COLUMNS, type BarSeries, type Panel } from "../market/bars.ts";

/**
 * The bars of the panel's first instrument, fit for arithmetic: a bar that is missing or impossible (by
 * `barFault`: a price that is not a finite number above 0, high below low, a volume below 0) has NaN in all columns,
 * so that no indicator takes it for a number. Returns the panel's own columns when there is none; never writes to them.
 * @throws DataError when the panel has no series or columns of other lengths than it says
 */
export function panelBars(panel: Panel): BarSeries {
  const bars = panel.series[0];
  if (!bars) throw new DataError("features: the panel holds no instrument: give it one series of bars");
  for (const name of BAR_COLUMNS) {
    if (bars[name].length !== panel.length) {
      throw new DataError(
        `features: ${bars.instrument} has ${bars[name].length} rows of ${name} in a panel of ${panel.length}`,
      );
    }
  }
  let copy: BarSeries | undefined;
  for (let t = 0; t < panel.length; t++) {
    if (barFault(bars.open[t]!, bars.high[t]!, bars.low[t]!, bars.close[t]!, bars.volume[t]!) === null)
      continue;
    copy ??= { ...bars, ...Object.fromEntries(BAR_COLUMNS.map((name) => [name, bars[name].slice()])) };
    for (const name of BAR_COLUMNS) copy[name][t] = Number.NaN;
  }
  return copy ?? bars;
}
