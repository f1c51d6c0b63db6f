import type { QualityPlace, QualityResponse, StoredDataset } from "@orion/trade/wire";
import { lazy, Suspense, useMemo } from "react";
import { useQuality } from "../api/queries.ts";
import { useBarPages } from "../api/useBarPages.ts";
import { severityLook } from "../chart/severityLook.ts";
import { number, timeframeSeconds, utc } from "../layout/format.ts";
import { EmptyNote, ErrorNote, Loading, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useDataView } from "../useView.ts";
import { kindText } from "./kindText.ts";
import { PlaceList } from "./PlaceList.tsx";
import { QualityReport } from "./QualityReport.tsx";

const CandleChart = lazy(() => import("../chart/CandleChart.tsx"));

/** bars after the moment that the chart is centred on */
const BARS_BEHIND = 200;
const noPlaces: readonly QualityPlace[] = [];

/** The candles of one series with its places of trouble, and what the checks say. */
export function SeriesPanels({ series }: { series: StoredDataset }) {
  const { symbol, market, timeframe, kind } = series;
  if (timeframe === null || (kind !== "bars" && kind !== "mark")) {
    return (
      <Panel title={`${symbol} ${market} ${kind}`} testId="series-chart-panel" className="lg:col-span-12">
        <EmptyNote>
          Candles show bars and mark prices; {kindText[kind]} are read by recipes and checked by 'orion data
          check --symbol {symbol}'.
        </EmptyNote>
      </Panel>
    );
  }
  return kind === "bars" ? (
    <CheckedSeries series={series} timeframe={timeframe} />
  ) : (
    <ChartOf series={series} timeframe={timeframe} quality={undefined} className="lg:col-span-12" />
  );
}

function CheckedSeries({ series, timeframe }: { series: StoredDataset; timeframe: string }) {
  const quality = useQuality(series.symbol, timeframe, series.market);
  return (
    <>
      <ChartOf series={series} timeframe={timeframe} quality={quality.data} className="lg:col-span-8" />
      <Panel
        title={`Quality of ${series.symbol}`}
        testId="quality-panel"
        className="min-h-[30rem] lg:col-span-4"
      >
        {quality.error ? (
          <ErrorNote error={quality.error} retry={() => void quality.refetch()} />
        ) : quality.data ? (
          <>
            <QualityReport quality={quality.data} />
            <PlaceList quality={quality.data} />
          </>
        ) : (
          <Loading label="The bars are being checked" rows={6} />
        )}
      </Panel>
    </>
  );
}

interface ChartOfProps {
  series: StoredDataset;
  timeframe: string;
  quality: QualityResponse | undefined;
  className: string;
}

function ChartOf({ series, timeframe, quality, className }: ChartOfProps) {
  const [view, setView] = useDataView();
  const { symbol, market, kind } = series;
  const until =
    view.at === undefined ? undefined : view.at + BARS_BEHIND * timeframeSeconds(timeframe) * 1000;
  const pages = useBarPages({ symbol, timeframe, market, kind, until }, true);
  const bars = pages.held?.bars;
  const { check, at, what } = view;
  const places = useMemo(
    () => quality?.places.filter((p) => check === undefined || p.kind === check) ?? noPlaces,
    [quality, check],
  );
  const chosen = places.find((p) => p.kind === what && Date.parse(p.from) === at) ?? null;
  const [first, last] = [bars?.time[0], bars?.time.at(-1)];
  return (
    <Panel
      title={`${symbol} ${timeframe} (${market}${kind === "mark" ? ", mark prices" : ""})`}
      testId="series-chart-panel"
      className={className}
      aside={
        <button
          type="button"
          className="button h-8 px-3 text-[0.85rem]"
          data-testid="chart-newest"
          disabled={at === undefined}
          onClick={() => setView({ at: undefined, what: undefined })}
        >
          Back to the last bar
        </button>
      }
    >
      {pages.fault && <WarnNote>More bars could not be read: {pages.fault.message}</WarnNote>}
      {pages.query.error && !bars ? (
        <ErrorNote error={pages.query.error} retry={() => void pages.query.refetch()} />
      ) : (
        <div
          className="h-[340px] min-w-0 lg:h-[600px]"
          data-testid="series-chart"
          data-bars={bars?.time.length ?? 0}
          data-first={first}
          data-symbol={bars?.symbol}
          data-places={places.length}
        >
          {bars && pages.held ? (
            <Suspense fallback={<div className="skeleton h-full" />}>
              <CandleChart
                bars={bars}
                view={pages.held.view}
                centre={at}
                places={places}
                chosen={chosen}
                onEdge={pages.extend}
                label={`Candles of ${bars.symbol}, ${bars.timeframe}: ${bars.time.length} bars from ${utc(first)} to ${utc(last)} UTC`}
              />
            </Suspense>
          ) : (
            <div role="status" aria-label="Bars are being read" className="skeleton h-full" />
          )}
        </div>
      )}
      <div className="flex min-h-[2.6rem] flex-wrap items-baseline justify-between gap-x-6 gap-y-1 text-[0.8rem] text-muted">
        <p>
          {bars
            ? `${number(bars.time.length)} bars of ${bars.timeframe} read, ${utc(first)} to ${utc(last)} UTC${bars.hasOlder ? "; older ones follow as you move to the left" : ", the oldest one included"}.`
            : "Bars are being read."}
        </p>
        {kind === "bars" && (
          <ul className="flex gap-4" aria-label="Marks on the chart">
            {(["error", "warning", "note"] as const).map((severity) => (
              <li key={severity} className="flex items-start gap-1.5">
                <span aria-hidden className={`mt-0.5 w-3 ${severityLook[severity].swatch}`} />
                {severity}
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}
