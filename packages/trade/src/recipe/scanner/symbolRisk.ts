import { type BarSeries, type Panel, slicePanel } from "../../market/index.ts";
import { alignPanel } from "../../market/panel/alignPanel.ts";
import {
  filterVolatility,
  RISK_FEATURES,
  type RiskFeatures,
  riskFeatures,
  type VolatilityFilter,
} from "../../models/statistics/riskFeatures.ts";

/** Names of the risk columns that the models read. */
export const RISK_COLUMNS = RISK_FEATURES.map((name) => `risk${name[0]!.toUpperCase()}${name.slice(1)}`);

/** The market's filters of the days asked about so far: symbols of the same days share them. */
export type MarketFilters = Map<string, VolatilityFilter | null>;

/**
 * The eight risk figures of one symbol at some of its bars, each from the `windowBars` returns up to that bar beside both
 * indices as they were known then.
 * @param filters is filled; give the same one for all symbols
 */
export function symbolRisk(
  bars: BarSeries,
  indices: readonly [BarSeries, BarSeries],
  rows: ArrayLike<number>,
  options: { readonly windowBars: number; readonly barMs: number; readonly horizon: number },
  filters: MarketFilters,
): RiskFeatures[] {
  const panel = alignPanel(bars, indices, { barMs: options.barMs });
  return Array.from(rows, (row) => {
    const from = Math.max(0, row - options.windowBars);
    const known: Panel = slicePanel(panel, from, row + 1);
    const [own, spy, qqq] = known.series.map(({ close }) => logReturns(close)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    // two symbols may miss different days between the same ends: the sums tell their days apart
    let [sum, moment] = [0, 0];
    for (let t = 0; t < known.length; t++) {
      const day = (known.closeTime[t]! - known.closeTime[0]!) / options.barMs;
      sum += day;
      moment += day * (t + 1);
    }
    const key = `${known.closeTime[0]} ${known.closeTime[known.length - 1]} ${known.length} ${sum} ${moment}`;
    let filter = filters.get(key);
    if (filter === undefined) {
      filter = filterOf(spy, options.horizon);
      filters.set(key, filter);
    }
    return riskFeatures(own, spy, qqq, {
      horizon: options.horizon,
      ...(filter ? { spyFilter: filter } : {}),
    });
  });
}

/** null where the market's own returns tell nothing; `riskFeatures` then says why. */
function filterOf(returns: Float64Array, horizon: number): VolatilityFilter | null {
  try {
    return filterVolatility(returns, {}, horizon);
  } catch {
    return null;
  }
}

/** ln(close / close before), one fewer than closes; NaN where a price is missing. */
function logReturns(close: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(0, close.length - 1) }, (_, t) => {
    const move = Math.log(close[t + 1]! / close[t]!);
    return Number.isFinite(move) ? move : Number.NaN;
  });
}
