import { DataError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import { BAR_COLUMNS, type BarSeries, sliceBars } from "./bars.ts";

/**
 * Two series of one instrument as one, by time. Times in both must hold the same numbers unless `replace` lets the
 * fresh ones win. `added` counts fresh times, `replaced` changed ones.
 * @param where names the stored series in the error
 * @throws DataError that names the first differing bar
 */
export function joinBars(
  old: BarSeries,
  fresh: BarSeries,
  options: { replace: boolean; where: string },
): { bars: BarSeries; added: number; replaced: number } {
  const names = ["closeTime", ...BAR_COLUMNS] as const;
  const columns = Object.fromEntries(
    names.map((n) => [n, new Float64Array(old.length + fresh.length)]),
  ) as Record<(typeof names)[number], Float64Array>;
  let rows = 0;
  let added = 0;
  let replaced = 0;
  const take = (from: BarSeries, row: number): void => {
    for (const name of names) columns[name][rows] = from[name][row]!;
    rows++;
  };
  for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
    const oldTime = i < old.length ? old.closeTime[i]! : Number.POSITIVE_INFINITY;
    const freshTime = j < fresh.length ? fresh.closeTime[j]! : Number.POSITIVE_INFINITY;
    if (oldTime < freshTime) take(old, i++);
    else if (freshTime < oldTime) {
      take(fresh, j++);
      added++;
    } else {
      const differing = names.find((n) => !Object.is(old[n][i], fresh[n][j]));
      if (differing && !options.replace) {
        throw new DataError(
          `the bar closed ${isoTime(oldTime)} differs from the stored one (${differing} ${fresh[differing][j]}, ` +
            `stored ${old[differing][i]} in ${options.where}): nothing was written; say --replace to take the new numbers`,
        );
      }
      if (differing) replaced++;
      take(fresh, j++);
      i++;
    }
  }
  const bars = { instrument: old.instrument, length: rows, ...columns };
  return { bars: sliceBars(bars, 0, rows), added, replaced };
}
