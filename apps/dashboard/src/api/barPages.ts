import type { BarsResponse } from "@orion/trade/wire";

/** Which bars a chart shows. */
export interface BarsView {
  symbol: string | undefined;
  timeframe: string;
  market?: string | undefined;
  kind?: string | undefined;
  /** the bars up to this moment (ms UTC) instead of the newest */
  until?: number | undefined;
}

/** Bars of one view, as far as they were paged to. */
export interface HeldBars {
  /** what they are of: symbol, timeframe, place */
  view: string;
  bars: BarsResponse;
  /** bars may have come in between: the next answer takes the place of all */
  isStale?: boolean;
}

const columns = ["open", "high", "low", "close"] as const;

/**
 * Two stretches of one series as one; where they overlap, or one lies inside the other, the later stretch's numbers
 * stand from its first bar to its last.
 * @param later begins no earlier than `earlier`
 */
export function joinPages(earlier: BarsResponse, later: BarsResponse): BarsResponse {
  if (later.time.length === 0) return { ...earlier, hasNewer: later.hasNewer };
  if (earlier.time.length === 0) return { ...later, hasOlder: earlier.hasOlder };
  const head = countBefore(earlier.time, later.time[0]!);
  const tail = countBefore(earlier.time, later.time.at(-1)! + 1);
  const join = (a: readonly number[], b: readonly number[]): number[] => [
    ...a.slice(0, head),
    ...b,
    ...a.slice(tail),
  ];
  const joined = {
    ...later,
    time: join(earlier.time, later.time),
    volume: join(earlier.volume, later.volume),
  };
  for (const name of columns) joined[name] = join(earlier[name], later[name]);
  return {
    ...joined,
    hasOlder: head > 0 ? earlier.hasOlder : later.hasOlder,
    hasNewer: tail < earlier.time.length ? earlier.hasNewer : later.hasNewer,
  };
}

/** The newest bars asked for again: what was paged back to stays, unless bars are missing between the two. */
export function renewPages(held: HeldBars | undefined, page: BarsResponse): BarsResponse {
  const last = held?.bars.time.at(-1);
  const first = page.time[0];
  if (!held || held.isStale || last === undefined || first === undefined || last < first) return page;
  if (held.bars.time[0]! > first) return page;
  return joinPages(held.bars, page);
}

/** Values below `limit` in an ascending column. */
export function countBefore(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
