import { timeframeMs } from "../core/time.ts";
import type { BarSeries, Peers } from "../market/bars.ts";
import { knownWhileMember } from "./recipeUniverse.ts";
import type { SeenUniverse } from "./seenUniverse.ts";

/** Bars as the symbols of a universe: when each was in it and its sector, in the order of their names. */
export function peersOf({ periods, sectors, timeframe }: SeenUniverse, bars: readonly BarSeries[]): Peers {
  const symbols = bars
    .toSorted((a, b) => (a.instrument < b.instrument ? -1 : a.instrument > b.instrument ? 1 : 0))
    .map((one) => {
      const { instrument, closeTime } = one;
      const known = knownWhileMember(closeTime, closeTime, periods?.[instrument]);
      const member = Uint8Array.from(known, (time) => (Number.isFinite(time) ? 1 : 0));
      return { bars: one, member, sector: sectors?.[instrument] ?? null };
    });
  return { symbols, barMs: timeframeMs(timeframe) };
}
