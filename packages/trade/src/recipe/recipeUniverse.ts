import { dirname, isAbsolute, join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { type GicsSector, type Member, memberPeriod, universeSymbols } from "../market/index.ts";
import { loadUniverse, UNIVERSES } from "./loadUniverse.ts";
import { type AnyRecipeFile, isMultiTask } from "./recipeSchema.ts";
import type { Period } from "./seenUniverse.ts";

/**
 * A recipe whose `universe.file` names a universe (`small`, or a .csv file beside the recipe) with the symbols of its
 * market written out, and the periods in which each is in the universe. A trained model's manifest keeps both, so that
 * what it was trained on does not change with the file. Any other recipe comes back as it is.
 * @throws UsageError when the recipe names symbols as well, or the universe has none of the market
 */
export async function withUniverse(recipe: AnyRecipeFile, place: string): Promise<AnyRecipeFile> {
  if (!isMultiTask(recipe) || recipe.universe.file === undefined) return recipe;
  const { file, market, symbols, periods } = recipe.universe;
  if (symbols.length > 0 || periods !== undefined) {
    throw new UsageError(`${place}: universe: name a file or symbols with their periods, not both`);
  }
  const isName = UNIVERSES.some((name) => name === file);
  const universe = await loadUniverse(isName || isAbsolute(file) ? file : join(dirname(place), file));
  const found = universeSymbols(universe, { market });
  if (found.length === 0) {
    throw new UsageError(
      `${place}: universe.file: ${file} has no symbol of market ${market}: choose another file or market`,
    );
  }
  const members = universe.members.filter((m) => m.market === market);
  return {
    ...recipe,
    universe: {
      ...recipe.universe,
      symbols: found,
      periods: periodsOf(members),
      sectors: { ...sectorsOf(members), ...recipe.universe.sectors },
    },
  };
}

/** By symbol the days in which it is in the universe. */
export function periodsOf(members: readonly Member[]): Record<string, { from: string; to: string | null }[]> {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const found: Record<string, { from: string; to: string | null }[]> = {};
  for (const member of members) {
    const { from, to } = memberPeriod(member);
    const periods = found[member.symbol] ?? [];
    found[member.symbol] = [...periods, { from: day(from), to: Number.isFinite(to) ? day(to) : null }];
  }
  return found;
}

/** The sector of each symbol; none of one whose periods name two: which of them was known when is not in the file. */
export function sectorsOf(members: readonly Member[]): Record<string, GicsSector> {
  const found = new Map<string, GicsSector | null>();
  for (const { symbol, sector } of members)
    found.set(symbol, found.has(symbol) && found.get(symbol) !== sector ? null : sector);
  return Object.fromEntries([...found].flatMap(([symbol, sector]) => (sector ? [[symbol, sector]] : [])));
}

/**
 * When each row's labels become known, never (Infinity) for rows at whose close the symbol was not in the universe: such
 * a row is no example, whatever its bars hold. Bars before may still be looked back on: they were public.
 */
export function knownWhileMember(
  knownAt: Float64Array,
  closeTime: Float64Array,
  periods: readonly Period[] | undefined,
): Float64Array {
  if (periods === undefined) return knownAt;
  const stretches = periods.map(({ from, to }) => ({
    from: Date.parse(from),
    to: to === null ? Number.POSITIVE_INFINITY : Date.parse(to),
  }));
  return knownAt.map((known, t) =>
    stretches.some(({ from, to }) => from <= closeTime[t]! && closeTime[t]! < to)
      ? known
      : Number.POSITIVE_INFINITY,
  );
}
