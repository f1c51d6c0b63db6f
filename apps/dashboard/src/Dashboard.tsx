import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { useLatestBacktest, useModels, usePrediction, useStatus } from "./api/queries.ts";
import { useLive } from "./api/useLive.ts";
import { BacktestPanel } from "./backtest/BacktestPanel.tsx";
import { ChartPanel } from "./chart/ChartPanel.tsx";
import { DataPanel } from "./data/DataPanel.tsx";
import { Header } from "./layout/Header.tsx";
import { SignalPanel } from "./signal/SignalPanel.tsx";
import { ModelPanel } from "./training/ModelPanel.tsx";
import { TrainingPanel } from "./training/TrainingPanel.tsx";
import { useView } from "./useView.ts";

export function Dashboard() {
  const client = useQueryClient();
  const connection = useLive();
  const isRefreshing = useIsFetching() > 0;
  const [view] = useView();
  const status = useStatus();
  const models = useModels();
  const prediction = usePrediction(view.model, Boolean(status.data?.model));
  const backtest = useLatestBacktest();

  // models of six heads forecast many stocks and give no signal to show here
  const signalModels = models.data?.filter((m) => m.tasks === undefined);
  const model = signalModels?.find((m) => m.id === view.model) ?? signalModels?.[0];
  const stored = status.data?.data.find((d) => d.symbol === model?.symbol) ?? status.data?.data[0];
  return (
    <>
      <a
        href="#content"
        className="button-primary button fixed left-3 top-2 z-30 -translate-y-20 opacity-0 focus-visible:translate-y-0 focus-visible:opacity-100"
      >
        Skip to content
      </a>
      <Header
        connection={connection}
        barTime={prediction.data?.bar_time ?? stored?.to ?? null}
        timeframe={prediction.data?.timeframe ?? stored?.timeframe ?? null}
        isRefreshing={isRefreshing}
        onRefresh={() => void client.invalidateQueries()}
      />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto grid max-w-[1480px] grid-cols-1 gap-4 px-3 py-4 outline-none sm:px-6 lg:grid-cols-12"
      >
        <SignalPanel status={status} prediction={prediction} className="lg:col-span-4" />
        <ChartPanel
          symbol={model?.symbol ?? stored?.symbol}
          hasData={status.data ? status.data.data.length > 0 : undefined}
          trades={backtest.data?.result?.trades ?? []}
          className="lg:col-span-8"
        />
        <TrainingPanel className="lg:col-span-6" />
        <ModelPanel models={models} model={model} className="lg:col-span-6" />
        <BacktestPanel model={model} stored={stored} backtest={backtest} className="lg:col-span-12" />
        <DataPanel status={status} className="lg:col-span-12" />
      </main>
      <footer className="mx-auto flex max-w-[1480px] flex-wrap gap-x-6 gap-y-1 px-4 pb-8 text-[0.8rem] text-muted sm:px-6">
        <span>All times are UTC. Figures are measured on past data and promise nothing.</span>
        <a className="underline underline-offset-2" href="/docs">
          API documentation
        </a>
        <span>
          Price chart: TradingView Lightweight Charts™, copyright © 2025 TradingView, Inc.{" "}
          <a className="underline underline-offset-2" href="https://www.tradingview.com/" rel="noreferrer">
            tradingview.com
          </a>
        </span>
        {status.data && <span className="sm:ml-auto">Orion {status.data.version}</span>}
      </footer>
    </>
  );
}
