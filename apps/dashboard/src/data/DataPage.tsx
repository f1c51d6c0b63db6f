import type { StoredDataset } from "@orion/trade/wire";
import { useData, useStatus } from "../api/queries.ts";
import { Frame } from "../layout/Frame.tsx";
import { EmptyNote, ErrorNote, Loading } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useDataView } from "../useView.ts";
import type { DataSearch } from "../view.ts";
import { DownloadPanel } from "./DownloadPanel.tsx";
import { SeriesPanels } from "./SeriesPanels.tsx";
import { StoredSeriesTable } from "./StoredSeriesTable.tsx";

/** Everything about market data: what is stored, how good and how fresh it is, and how to get more. */
export function DataPage() {
  const [view] = useDataView();
  const status = useStatus();
  const data = useData();
  const series = data.data?.series;
  const chosen = series && chosenOf(series, view);
  return (
    <Frame barTime={null} timeframe={null} version={status.data?.version}>
      <DownloadPanel className="lg:col-span-12" />
      <Panel title="Stored series" testId="series-panel" className="lg:col-span-12">
        {data.error && !series && <ErrorNote error={data.error} retry={() => void data.refetch()} />}
        {data.isPending && <Loading label="What is stored is being read" rows={6} />}
        {series?.length === 0 && (
          <EmptyNote>
            Nothing is stored yet. Download bars above, or import a file with 'orion data import'.
          </EmptyNote>
        )}
        {data.data && series && series.length > 0 && (
          <StoredSeriesTable series={series} bytesInAll={data.data.bytes} chosen={chosen} />
        )}
      </Panel>
      {chosen && <SeriesPanels series={chosen} />}
    </Frame>
  );
}

/** The series that the address names, as far as it does; the first one of bars without a name. */
function chosenOf(series: readonly StoredDataset[], view: DataSearch): StoredDataset | undefined {
  const isNamed = (s: StoredDataset): boolean =>
    s.symbol === view.symbol &&
    (view.market === undefined || s.market === view.market) &&
    (view.kind === undefined || s.kind === view.kind) &&
    (view.timeframe === undefined || s.timeframe === view.timeframe);
  if (view.symbol !== undefined) return series.find(isNamed);
  return series.find((s) => s.kind === "bars") ?? series[0];
}
