import { isSignalModel } from "@orion/trade/wire";
import { useLatestBacktest, useModels, usePrediction, useStatus } from "./api/queries.ts";
import { BacktestPanel } from "./backtest/BacktestPanel.tsx";
import { ChartPanel } from "./chart/ChartPanel.tsx";
import { DataPanel } from "./data/DataPanel.tsx";
import { Frame } from "./layout/Frame.tsx";
import { SignalPanel } from "./signal/SignalPanel.tsx";
import { ModelPanel } from "./training/ModelPanel.tsx";
import { TrainingPanel } from "./training/TrainingPanel.tsx";
import { useView } from "./useView.ts";

export function Dashboard() {
  const [view] = useView();
  const status = useStatus();
  const models = useModels();
  const prediction = usePrediction(view.model, Boolean(status.data?.model));
  const backtest = useLatestBacktest();

  const signalModels = models.data?.filter(isSignalModel);
  const model = signalModels?.find((m) => m.id === view.model) ?? signalModels?.[0];
  const stored = status.data?.data.find((d) => d.symbol === model?.symbol) ?? status.data?.data[0];
  return (
    <Frame
      barTime={prediction.data?.bar_time ?? stored?.to ?? null}
      timeframe={prediction.data?.timeframe ?? stored?.timeframe ?? null}
      version={status.data?.version}
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
    </Frame>
  );
}
