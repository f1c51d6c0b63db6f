import type { Trade } from "@orion/trade/wire";
import { ChartLine } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useBarPages } from "../api/useBarPages.ts";
import { number, utc } from "../layout/format.ts";
import { EmptyNote, ErrorNote, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useView } from "../useView.ts";
import { OverlayLegend } from "./overlays/OverlayLegend.tsx";
import { useOverlays } from "./overlays/useOverlays.ts";
import { TimeframeSwitch } from "./TimeframeSwitch.tsx";

const IndicatorPicker = lazy(() => import("./overlays/IndicatorPicker.tsx"));
const CandleChart = lazy(() => import("./CandleChart.tsx"));

/** of the chart, and so much more for each pane below the candles */
const [CHART_PX, PANE_PX] = [340, 110];
const noOverlays: readonly string[] = [];

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
  const [isPicking, setIsPicking] = useState(false);
  const texts = view.overlays ?? noOverlays;
  const { overlays, lines } = useOverlays(texts, data);
  const panes = Math.max(0, ...lines.map((line) => line.pane));
  const setOverlays = (all: string[]): void => setView({ overlays: all.length > 0 ? all : undefined });
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
          <button
            type="button"
            className="button h-8 px-3 text-[0.85rem]"
            data-testid="indicators-open"
            aria-expanded={isPicking}
            disabled={count === 0}
            onClick={() => setIsPicking(!isPicking)}
          >
            <ChartLine aria-hidden className="size-4" />
            Indicators{texts.length > 0 && ` (${texts.length})`}
          </button>
          <TimeframeSwitch value={view.timeframe} onChange={(timeframe) => setView({ timeframe })} />
        </div>
      }
    >
      {bars.error && data && <WarnNote>Older bars are shown: {bars.error.message}</WarnNote>}
      {pages.fault && <WarnNote>Older bars could not be read: {pages.fault.message}</WarnNote>}
      {data && pages.held && count > 0 ? (
        <>
          {isPicking && (
            <Suspense fallback={<div className="skeleton h-72" />}>
              <IndicatorPicker bars={data} overlays={texts} onAdd={(text) => setOverlays([...texts, text])} />
            </Suspense>
          )}
          <div
            data-testid="price-chart"
            data-bars={count}
            data-timeframe={data.timeframe}
            data-lines={lines.length}
            data-panes={panes}
            className="h-[340px] min-w-0 lg:h-auto lg:min-h-[380px] lg:grow"
            style={panes > 0 ? { minHeight: CHART_PX + panes * PANE_PX } : undefined}
          >
            <Suspense fallback={<div className="skeleton h-full" />}>
              <CandleChart
                bars={data}
                view={pages.held.view}
                trades={trades}
                overlays={lines}
                onEdge={pages.extend}
                label={`Candles of ${data.symbol}, ${data.timeframe}: ${count} bars from ${utc(data.time[0])} to ${utc(data.time.at(-1))} UTC, last close ${number(data.close.at(-1), 2)}`}
              />
            </Suspense>
          </div>
          {overlays.length > 0 && (
            <OverlayLegend
              overlays={overlays}
              onRemove={(text) => setOverlays(texts.filter((other) => other !== text))}
            />
          )}
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
