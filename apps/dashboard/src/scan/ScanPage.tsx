import { useStatus } from "../api/queries.ts";
import { Frame } from "../layout/Frame.tsx";
import { ErrorNote, Loading } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useScanView } from "../useView.ts";
import { DroppedPanel } from "./DroppedPanel.tsx";
import { useLatestScan, useScanModel, useScanStatus } from "./queries.ts";
import { RejectedPanel } from "./RejectedPanel.tsx";
import { ScanModelPanel } from "./ScanModelPanel.tsx";
import { ScanPanel } from "./ScanPanel.tsx";
import { SignalsPanel } from "./SignalsPanel.tsx";

const FIRST_RECIPE = "scanner";

/** Many stocks scanned to a few signals: what is told of each, what was left out and why, and how such signals did before. */
export function ScanPage() {
  const [view] = useScanView();
  const server = useStatus();
  const recipe = view.recipe ?? FIRST_RECIPE;
  const model = useScanModel(recipe);
  const status = useScanStatus();
  const latest = useLatestScan(status.data);
  const run = latest.data?.run;
  const asked = model.data?.model;
  const indices = asked && asked.id === run?.response.model ? asked.indices : [];
  return (
    <Frame barTime={null} timeframe={null} version={server.data?.version}>
      <ScanPanel recipe={recipe} known={model.data} status={status.data} className="lg:col-span-12" />
      {latest.error && <ErrorNote error={latest.error} retry={() => void latest.refetch()} />}
      {run && (
        <>
          <SignalsPanel run={run} indices={indices} className="lg:col-span-12" />
          <RejectedPanel response={run.response} indices={indices} className="lg:col-span-12" />
          <DroppedPanel response={run.response} className="lg:col-span-12" />
        </>
      )}
      {model.data?.model ? (
        <ScanModelPanel model={model.data.model} className="lg:col-span-12" />
      ) : (
        <Panel title="How such signals did" testId="scan-model" className="lg:col-span-12">
          {model.error ? (
            <ErrorNote error={model.error} retry={() => void model.refetch()} />
          ) : model.isPending ? (
            <Loading label="The model's test is being read" rows={5} />
          ) : (
            <p className="text-[0.9rem] text-muted">Shown once the recipe has a model.</p>
          )}
        </Panel>
      )}
    </Frame>
  );
}
