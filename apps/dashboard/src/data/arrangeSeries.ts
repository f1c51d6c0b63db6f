import type { StoredDataset } from "@orion/trade/wire";
import { timeframeSeconds } from "../layout/format.ts";
import { arrangeRows, type SortKey } from "../table/arrangeRows.ts";
import type { SeriesSort } from "../view.ts";

const columnOf: Record<SeriesSort, (s: StoredDataset) => SortKey> = {
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
  { find, sort, down }: { find: string; sort: SeriesSort; down: boolean },
): StoredDataset[] {
  const inOrder = series.toSorted((a, b) => (seriesKey(a) < seriesKey(b) ? -1 : 1));
  return arrangeRows(inOrder, { find, textOf, keyOf: columnOf[sort], down });
}

const textOf = ({ symbol, market, timeframe, kind, source }: StoredDataset): string =>
  `${symbol} ${market} ${timeframe ?? ""} ${kind} ${source}`;

export function seriesKey(s: Pick<StoredDataset, "symbol" | "market" | "timeframe" | "kind">): string {
  const length = String(s.timeframe === null ? 0 : timeframeSeconds(s.timeframe)).padStart(9, "0");
  return `${s.symbol} ${s.market} ${s.kind} ${length}`;
}
