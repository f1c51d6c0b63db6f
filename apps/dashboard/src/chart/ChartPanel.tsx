import type { Trade } from "@orion/trade/wire";
import { lazy, Suspense } from "react";
import { useBars } from "../api/queries.ts";
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
  const bars = useBars(view.timeframe, symbol, view.at, hasData === true);
  const data = bars.data;
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
      {data && count > 0 ? (
        <>
          <div
            data-testid="price-chart"
            data-bars={count}
            data-timeframe={data.timeframe}
            role="img"
            aria-label={`Candles of ${data.symbol}, ${data.timeframe}: ${count} bars from ${utc(data.time[0])} to ${utc(data.time.at(-1))} UTC, last close ${number(data.close.at(-1), 2)}`}
            className="h-[340px] min-w-0 lg:h-auto lg:min-h-[380px] lg:grow"
          >
            <Suspense fallback={<div className="skeleton h-full" />}>
              <CandleChart bars={data} trades={trades} />
            </Suspense>
          </div>
          <p className="text-[0.8rem] text-muted">
            {number(count)} bars of {data.timeframe}, {utc(data.time[0])} to {utc(data.time.at(-1))} UTC
            {data.timeframe !== data.storedTimeframe && `, made from stored ${data.storedTimeframe} bars`}.
            Arrows are the entries, circles the exits of the last backtest.
          </p>
        </>
      ) : bars.error ? (
        <ErrorNote error={bars.error} retry={() => void bars.refetch()} />
      ) : hasData === false || data ? (
        <EmptyNote>No bars are stored. Import a file or download some in the data panel below.</EmptyNote>
      ) : (
        <div role="status" aria-label="Bars are being read" className="skeleton h-[340px] lg:h-[380px]" />
      )}
    </Panel>
  );
}
