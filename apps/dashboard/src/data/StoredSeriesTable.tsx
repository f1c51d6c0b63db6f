import type { StoredDataset } from "@orion/trade/wire";
import { TriangleAlert } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { bytes, duration, NONE, number, utc } from "../layout/format.ts";
import { FindBar } from "../table/FindBar.tsx";
import type { SortColumn } from "../table/SortHead.tsx";
import { WindowedTable } from "../table/WindowedTable.tsx";
import { useDataView } from "../useView.ts";
import type { SeriesSort } from "../view.ts";
import { arrangeSeries, seriesKey } from "./arrangeSeries.ts";

const columns: readonly SortColumn<SeriesSort>[] = [
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
  const behind = series.filter((s) => (s.behindSeconds ?? 0) > 0).length;
  const choose = ({ symbol, market, timeframe, kind }: StoredDataset): void =>
    setView({
      ...{ symbol, market, kind, at: undefined, what: undefined, check: undefined },
      timeframe: timeframe ?? undefined,
    });
  return (
    <>
      <FindBar
        label="Find by symbol, market, bar, kind or source"
        name="series"
        value={find}
        onText={(text) => {
          setFind(text);
          setView({ find: text || undefined });
        }}
      >
        {rows.length === series.length
          ? `${number(series.length)} series`
          : `${number(rows.length)} of ${number(series.length)} series`}
        , {bytes(bytesInAll)} on disk in all; {behind === 0 ? "all up to date" : `${number(behind)} behind`}
      </FindBar>
      <WindowedTable
        columns={columns}
        rows={rows}
        sorting={{ by: sort, down, set: setView }}
        keyOf={seriesKey}
        nameOf={({ symbol }) => symbol}
        chosenKey={chosen && seriesKey(chosen)}
        onChoose={choose}
        cells={(s) => <Cells series={s} />}
        empty="No series has these words."
        testIds={{ table: "series-table", sort: "sort", choose: "series-choose" }}
        className="max-h-[374px]"
      />
    </>
  );
}

function Cells({ series: s }: { series: StoredDataset }) {
  return (
    <>
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
