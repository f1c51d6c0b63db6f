import type { StoredDataset } from "@orion/trade/wire";
import { timeframeSeconds } from "../layout/format.ts";
import type { SortColumn } from "../view.ts";

const columnOf: Record<SortColumn, (s: StoredDataset) => string | number | null> = {
  symbol: (s) => s.symbol,
  market: (s) => s.market,
  timeframe: (s) => (s.timeframe === null ? null : timeframeSeconds(s.timeframe)),
  kind: (s) => s.kind,
  rows: (s) => s.rows,
  from: (s) => s.from,
  to: (s) => s.to,
  behind: (s) => s.behindSeconds,
  bytes: (s) => s.bytes,
  source: (s) => s.source,
};

/** Series that have every word of `find` somewhere, in order of a column; what has no value stands last. */
export function arrangeSeries(
  series: readonly StoredDataset[],
  { find, sort, down }: { find: string; sort: SortColumn; down: boolean },
): StoredDataset[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const textOf = (s: StoredDataset): string =>
    `${s.symbol} ${s.market} ${s.timeframe ?? ""} ${s.kind} ${s.source}`.toLowerCase();
  const found =
    words.length === 0
      ? [...series]
      : series.filter((s) => {
          const text = textOf(s);
          return words.every((word) => text.includes(word));
        });
  const value = columnOf[sort];
  return found.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return x === y ? tie(a, b) : x === null ? 1 : -1;
    const order = x < y ? -1 : x > y ? 1 : 0;
    return order === 0 ? tie(a, b) : down ? -order : order;
  });
}

function tie(a: StoredDataset, b: StoredDataset): number {
  return seriesKey(a) < seriesKey(b) ? -1 : 1;
}

export function seriesKey(s: Pick<StoredDataset, "symbol" | "market" | "timeframe" | "kind">): string {
  const length = String(s.timeframe === null ? 0 : timeframeSeconds(s.timeframe)).padStart(9, "0");
  return `${s.symbol} ${s.market} ${s.kind} ${length}`;
}
