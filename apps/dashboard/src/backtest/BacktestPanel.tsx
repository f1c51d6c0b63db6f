import type { LatestBacktest, ModelSummary, StoredBars } from "@orion/trade/wire";
import type { UseQueryResult } from "@tanstack/react-query";
import { useBacktestStatus, useRunBacktest } from "../api/queries.ts";
import { duration } from "../layout/format.ts";
import { EmptyNote, ErrorNote, Loading } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { ProgressBar } from "../layout/ProgressBar.tsx";
import { BacktestForm } from "./BacktestForm.tsx";
import { BacktestResult } from "./BacktestResult.tsx";

interface BacktestPanelProps {
  model: ModelSummary | undefined;
  stored: StoredBars | undefined;
  backtest: UseQueryResult<LatestBacktest>;
  className?: string;
}

export function BacktestPanel({ model, stored, backtest, className }: BacktestPanelProps) {
  const run = useRunBacktest();
  const status = useBacktestStatus().data;
  const isRunning = run.isPending || status?.state === "running";
  const result = backtest.data?.result ?? null;
  return (
    <Panel title="Backtest" testId="backtest-panel" {...(className ? { className } : {})}>
      {model ? (
        <BacktestForm
          key={model.id}
          model={model}
          stored={stored}
          isRunning={isRunning}
          onRun={(request) => run.mutate(request)}
        />
      ) : (
        <EmptyNote>A backtest needs a model: train one first.</EmptyNote>
      )}
      {isRunning && (
        <div className="grid gap-1.5">
          <div className="flex justify-between text-[0.88rem] text-muted">
            <span>{status?.stage ?? "Starting"}</span>
            {status?.secondsLeft != null && <span>{duration(status.secondsLeft)} left</span>}
          </div>
          <ProgressBar
            label="Progress of the backtest"
            testId="backtest-progress"
            value={status?.total ? status.done / status.total : null}
          />
        </div>
      )}
      {run.error && !isRunning && <ErrorNote error={run.error} />}
      {backtest.error && !backtest.data && (
        <ErrorNote error={backtest.error} retry={() => void backtest.refetch()} />
      )}
      {backtest.isPending && <Loading label="The last backtest is being read" />}
      {backtest.data && !result && !isRunning && model && (
        <EmptyNote>
          No backtest since the server started. Without other dates it runs over the model's test range, which
          the training has not seen.
        </EmptyNote>
      )}
      {result && <BacktestResult result={result} isOutdated={isRunning} />}
    </Panel>
  );
}
