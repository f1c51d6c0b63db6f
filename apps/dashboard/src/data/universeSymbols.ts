import type { MarketName, UniverseInfo } from "@orion/trade/wire";

/**
 * The symbols of a universe that a source of this market can have, or null for a universe that is not known. Futures on
 * crypto bear the names of the spot pairs.
 */
export function universeSymbols(
  universes: readonly UniverseInfo[],
  name: string,
  market: MarketName | undefined,
): readonly string[] | null {
  const universe = universes.find((u) => u.name === name);
  if (!universe || market === undefined) return null;
  if (market === "futures" && universe.futures.length === 0) return universe.spot;
  return universe[market];
}
