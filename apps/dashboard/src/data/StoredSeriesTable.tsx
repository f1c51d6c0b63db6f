import type { StoredDataset } from "@orion/trade/wire";
import { ArrowDown, ArrowUp, Search, TriangleAlert } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { bytes, duration, NONE, number, utc } from "../layout/format.ts";
import { useRowWindow } from "../layout/useRowWindow.ts";
import { useDataView } from "../useView.ts";
import type { SortColumn } from "../view.ts";
import { arrangeSeries, seriesKey } from "./arrangeSeries.ts";

const columns: readonly { name: SortColumn; text: string }[] = [
  { name: "symbol", text: "Symbol" },
  { name: "market", text: "Market" },
  { name: "timeframe", text: "Bar" },
  { name: "kind", text: "Kind" },
  { name: "rows", text: "Rows" },
  { name: "from", text: "From (UTC)" },
  { name: "to", text: "To (UTC)" },
  { name: "behind", text: "Behind" },
  { name: "bytes", text: "On disk" },
  { name: "source", text: "Source" },
];
/** as the style sheet has it */
const ROW_PX = 34;

interface StoredSeriesTableProps {
  series: readonly StoredDataset[];
  bytesInAll: number;
  chosen: StoredDataset | undefined;
}

export function StoredSeriesTable({ series, bytesInAll, chosen }: StoredSeriesTableProps) {
  const [view, setView] = useDataView();
  const [find, setFind] = useState(view.find ?? "");
  const words = useDeferredValue(find);
  const sort = view.sort ?? "symbol";
  const down = view.down ?? false;
  const rows = useMemo(() => arrangeSeries(series, { find: words, sort, down }), [series, words, sort, down]);
  const list = useRowWindow<HTMLDivElement>(rows.length, ROW_PX);
  const chosenKey = chosen && seriesKey(chosen);
  const behind = series.filter((s) => (s.behindSeconds ?? 0) > 0).length;
  const choose = ({ symbol, market, timeframe, kind }: StoredDataset): void =>
    setView({
      ...{ symbol, market, kind, at: undefined, what: undefined, check: undefined },
      timeframe: timeframe ?? undefined,
    });
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <label className="field w-full sm:w-80">
          Find by symbol, market, bar, kind or source
          <span className="relative block">
            <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4" />
            <input
              type="search"
              className="input !pl-8"
              data-testid="series-find"
              value={find}
              onChange={(event) => {
                setFind(event.target.value);
                setView({ find: event.target.value || undefined });
              }}
            />
          </span>
        </label>
        <p className="text-[0.88rem] text-muted" data-testid="series-total" aria-live="polite">
          {rows.length === series.length
            ? `${number(series.length)} series`
            : `${number(rows.length)} of ${number(series.length)} series`}
          , {bytes(bytesInAll)} on disk in all; {behind === 0 ? "all up to date" : `${number(behind)} behind`}
        </p>
      </div>
      <div
        ref={list.box}
        onScroll={list.onScroll}
        className="max-h-[374px] overflow-auto rounded-md border border-line"
        data-testid="series-table"
      >
        <table className="table table-windowed" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {columns.map(({ name, text }) => {
                const isSorted = name === sort;
                const Icon = down ? ArrowDown : ArrowUp;
                return (
                  <th
                    key={name}
                    scope="col"
                    aria-sort={isSorted ? (down ? "descending" : "ascending") : "none"}
                  >
                    <button
                      type="button"
                      className="sort"
                      data-testid={`sort-${name}`}
                      onClick={() => setView({ sort: name, down: isSorted ? !down : false })}
                    >
                      {text}
                      <Icon aria-hidden className={`size-3.5 ${isSorted ? "" : "opacity-0"}`} />
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody onKeyDown={list.onKeyDown}>
            {list.beforePx > 0 && <tr aria-hidden style={{ height: list.beforePx }} />}
            {rows.slice(list.start, list.end).map((s, i) => {
              const row = list.start + i;
              const key = seriesKey(s);
              return (
                <tr key={key} aria-rowindex={row + 2} data-chosen={key === chosenKey}>
                  <th scope="row">
                    <button
                      type="button"
                      data-row={row}
                      data-testid="series-choose"
                      aria-pressed={key === chosenKey}
                      className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
                      onClick={() => choose(s)}
                    >
                      {s.symbol}
                    </button>
                  </th>
                  <td>{s.market}</td>
                  <td>{s.timeframe ?? NONE}</td>
                  <td>{s.kind}</td>
                  <td>{number(s.rows)}</td>
                  <td>{utc(s.from)}</td>
                  <td>{utc(s.to)}</td>
                  <td>
                    <Behind series={s} />
                  </td>
                  <td>{bytes(s.bytes)}</td>
                  <td>
                    <span
                      className="ml-auto block max-w-56 truncate"
                      title={s.client ? `${s.source}, ${s.client}` : s.source}
                    >
                      {s.source}
                    </span>
                  </td>
                </tr>
              );
            })}
            {list.afterPx > 0 && <tr aria-hidden style={{ height: list.afterPx }} />}
          </tbody>
        </table>
        {rows.length === 0 && <p className="p-4 text-[0.9rem] text-muted">No series has these words.</p>}
      </div>
    </>
  );
}

/** How far behind the last close that should be there: bars where they can be counted, and time. */
function Behind({ series }: { series: StoredDataset }) {
  const { behindSeconds, behindBars, due, kind } = series;
  if (behindSeconds === null) return NONE;
  if (behindSeconds <= 0) return <span className="text-buy">up to date</span>;
  const unit = kind === "funding" ? "rates" : "bars";
  const counted =
    behindBars === null ? "" : `${number(behindBars)} ${behindBars === 1 ? unit.slice(0, -1) : unit}, `;
  return (
    <span
      className="inline-flex items-center gap-1.5 align-bottom text-warn"
      title={`the last close that should be there: ${utc(due)} UTC`}
    >
      <TriangleAlert aria-hidden className="size-3.5" />
      {counted}
      {duration(behindSeconds)}
    </span>
  );
}
