import type { Feature } from "../features/index.ts";
import type { BarSeries } from "../market/bars.ts";
import type { BesideSeries } from "../market/panel/besideColumns.ts";
import type { Workspace } from "../store/index.ts";
import { besideStored } from "./besideStored.ts";
import { contextBars } from "./contextBars.ts";
import { featuresOf } from "./dataset.ts";
import { type RangeMs, recipeBars } from "./dataUse.ts";
import { peersOf } from "./peersOf.ts";
import type { AnyRecipe } from "./recipeSchema.ts";
import type { SeenUniverse } from "./seenUniverse.ts";
import type { Surroundings } from "./surroundings.ts";

export interface SurroundingsOptions {
  /** its end bounds what is read; what was known before its beginning is known in it */
  readonly range?: RangeMs;
  /** symbols that are looked at; the recipe's unless given */
  readonly symbols?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * All that a recipe's symbols are seen beside: its context, what it names under `universe.beside` of each symbol, and, where a
 * feature ranks, the bars of its whole universe.
 * @throws DataError that names what is not stored, and how to import it
 */
export async function readSurroundings(
  workspace: Workspace,
  recipe: AnyRecipe,
  options: SurroundingsOptions = {},
): Promise<Surroundings> {
  return surroundingsOf(workspace, recipe.universe, featuresOf(recipe), options);
}

/** The same for features over any universe. */
export async function surroundingsOf(
  workspace: Workspace,
  universe: SeenUniverse,
  features: readonly Feature[],
  { range = {}, symbols = universe.symbols, signal }: SurroundingsOptions = {},
): Promise<Surroundings> {
  const beside = new Map<string, BesideSeries>();
  for (const symbol of universe.beside ? symbols : []) {
    signal?.throwIfAborted();
    beside.set(symbol, await besideStored(workspace, symbol, universe, universe.beside ?? [], range));
  }
  const around = beside.size > 0 ? { beside } : {};
  const context = await contextBars(workspace, { universe }, range);
  if (!features.some((feature) => feature.needs?.peers)) return { context, ...around };
  const bars: BarSeries[] = [];
  for (const symbol of peerSymbols(universe)) {
    signal?.throwIfAborted();
    const one = { universe: { ...universe, symbols: [symbol] } };
    bars.push(await recipeBars(workspace, one, range.to === undefined ? {} : { to: range.to }));
  }
  return { context, ...around, peers: peersOf(universe, bars) };
}

/** The symbols that a universe's are ranked among, each once. */
export function peerSymbols({ symbols, peers = symbols }: SeenUniverse): string[] {
  return [...new Set([...peers, ...symbols])].sort();
}
