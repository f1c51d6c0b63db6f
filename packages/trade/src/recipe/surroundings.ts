import { canonicalJson, sha256 } from "../core/hash.ts";
import { timeframeMs } from "../core/time.ts";
import type { BarSeries, Panel, Peers } from "../market/bars.ts";
import { alignPanel } from "../market/panel/alignPanel.ts";
import { type BesideSeries, besideColumns } from "../market/panel/besideColumns.ts";
import { barsSha256 } from "../store/index.ts";
import type { SeenUniverse } from "./seenUniverse.ts";

/** What the symbols of a recipe are seen beside; read once for all of them. */
export interface Surroundings {
  /** instruments that every symbol is seen beside */
  readonly context: readonly BarSeries[];
  /** by symbol: funding, mark prices, open interest */
  readonly beside?: ReadonlyMap<string, BesideSeries>;
  /** the universe that each symbol is ranked in */
  readonly peers?: Peers;
}

/** A symbol that is seen beside nothing. */
export const ALONE: Surroundings = { context: [] };

/** What a recipe's features are computed on: a symbol's bars and what was known beside them as of each close. */
export function recipePanel(
  recipe: { readonly universe: Pick<SeenUniverse, "timeframe"> },
  bars: BarSeries,
  around: Surroundings,
): Panel {
  const stored = around.beside?.get(bars.instrument);
  return alignPanel(bars, around.context, {
    barMs: timeframeMs(recipe.universe.timeframe),
    beside: stored && besideColumns(bars, stored),
    peers: around.peers,
  });
}

/** SHA-256 of a symbol's bars and of what was known beside them; that of the bars where there is nothing else. */
export function panelSha256({ series: [bars], beside }: Panel): string {
  if (!beside) return barsSha256(bars!);
  const columns = Object.entries(beside).map(([name, column]: [string, Float64Array]) => [
    name,
    sha256(column),
  ]);
  return sha256(canonicalJson({ bars: barsSha256(bars!), beside: Object.fromEntries(columns) }));
}
