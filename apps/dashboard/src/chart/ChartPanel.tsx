import type { Trade } from "@orion/trade/wire";
import { lazy, Suspense } from "react";
import { useBarPages } from "../api/useBarPages.ts";
import { number, utc } from "../layout/format.ts";
import { EmptyNote, ErrorNote, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useView } from "../useView.ts";
import { TimeframeSwitch } from "./TimeframeSwitch.tsx";

const CandleChart = lazy(() => import("./CandleChart.tsx"));

interface ChartPanelProps {
  symbol: string | undefined;
  /** undefined while it is not known */
  hasData: boolean | undefined;
  trades: readonly Trade[];
  className?: string;
}

export function ChartPanel({ symbol, hasData, trades, className }: ChartPanelProps) {
  const [view, setView] = useView();
  const pages = useBarPages({ symbol, timeframe: view.timeframe, until: view.at }, hasData === true);
  const bars = pages.query;
  const data = pages.held?.bars;
  const count = data?.time.length ?? 0;
  return (
    <Panel
      title={symbol ? `Price of ${symbol}` : "Price"}
      testId="chart-panel"
      {...(className ? { className } : {})}
      aside={
        <div className="flex flex-wrap items-center gap-2">
          {view.at !== undefined && (
            <button
              type="button"
              className="button h-8 px-3 text-[0.85rem]"
              onClick={() => setView({ at: undefined })}
            >
              Back to the last bar
            </button>
          )}
          <TimeframeSwitch value={view.timeframe} onChange={(timeframe) => setView({ timeframe })} />
        </div>
      }
    >
      {bars.error && data && <WarnNote>Older bars are shown: {bars.error.message}</WarnNote>}
      {pages.fault && <WarnNote>Older bars could not be read: {pages.fault.message}</WarnNote>}
      {data && pages.held && count > 0 ? (
        <>
          <div
            data-testid="price-chart"
            data-bars={count}
            data-timeframe={data.timeframe}
            className="h-[340px] min-w-0 lg:h-auto lg:min-h-[380px] lg:grow"
          >
            <Suspense fallback={<div className="skeleton h-full" />}>
              <CandleChart
                bars={data}
                view={pages.held.view}
                trades={trades}
                onEdge={pages.extend}
                label={`Candles of ${data.symbol}, ${data.timeframe}: ${count} bars from ${utc(data.time[0])} to ${utc(data.time.at(-1))} UTC, last close ${number(data.close.at(-1), 2)}`}
              />
            </Suspense>
          </div>
          <p className="text-[0.8rem] text-muted">
            {number(count)} bars of {data.timeframe}, {utc(data.time[0])} to {utc(data.time.at(-1))} UTC
            {data.timeframe !== data.storedTimeframe && `, made from stored ${data.storedTimeframe} bars`}.
            {data.hasOlder && " Older ones are read when you move to the left."} Arrows are the entries,
            circles the exits of the last backtest.
          </p>
        </>
      ) : bars.error ? (
        <ErrorNote error={bars.error} retry={() => void bars.refetch()} />
      ) : hasData === false || data ? (
        <EmptyNote>No bars are stored. Import a file or download some on the data page.</EmptyNote>
      ) : (
        <div role="status" aria-label="Bars are being read" className="skeleton h-[340px] lg:h-[380px]" />
      )}
    </Panel>
  );
}
