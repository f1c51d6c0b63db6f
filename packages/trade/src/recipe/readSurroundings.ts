import type { BarSeries } from "../market/bars.ts";
import type { BesideSeries } from "../market/panel/besideColumns.ts";
import type { Workspace } from "../store/index.ts";
import { besideStored } from "./besideStored.ts";
import { contextBars } from "./contextBars.ts";
import { featuresOf } from "./dataset.ts";
import { type RangeMs, recipeBars } from "./dataUse.ts";
import { peersOf } from "./peersOf.ts";
import { type AnyRecipe, isMultiTask } from "./recipeSchema.ts";
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
  { range = {}, symbols = recipe.universe.symbols, signal }: SurroundingsOptions = {},
): Promise<Surroundings> {
  const { universe } = recipe;
  const beside = new Map<string, BesideSeries>();
  for (const symbol of universe.beside ? symbols : []) {
    signal?.throwIfAborted();
    beside.set(symbol, await besideStored(workspace, symbol, universe, universe.beside ?? [], range));
  }
  const around = beside.size > 0 ? { beside } : {};
  if (!isMultiTask(recipe)) return { context: [], ...around };
  const context = await contextBars(workspace, recipe, range);
  if (!featuresOf(recipe).some((feature) => feature.needs?.peers)) return { context, ...around };
  const bars: BarSeries[] = [];
  for (const symbol of peerSymbols(recipe)) {
    signal?.throwIfAborted();
    const one = { universe: { ...recipe.universe, symbols: [symbol] } };
    bars.push(await recipeBars(workspace, one, range.to === undefined ? {} : { to: range.to }));
  }
  return { context, ...around, peers: peersOf(recipe, bars) };
}

/** The symbols that a recipe's are ranked among, each once. */
export function peerSymbols({
  universe: { symbols, peers = symbols },
}: {
  universe: PeerUniverse;
}): string[] {
  return [...new Set([...peers, ...symbols])].sort();
}

interface PeerUniverse {
  readonly symbols: readonly string[];
  readonly peers?: readonly string[] | undefined;
}
