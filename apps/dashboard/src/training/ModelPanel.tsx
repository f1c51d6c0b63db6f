import { isSignalModel, type ModelSummary } from "@orion/trade/wire";
import type { UseQueryResult } from "@tanstack/react-query";
import { EmptyNote, ErrorNote, Loading, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useView } from "../useView.ts";
import { ConfusionMatrix } from "./ConfusionMatrix.tsx";
import { ModelReport } from "./ModelReport.tsx";

interface ModelPanelProps {
  models: UseQueryResult<ModelSummary[]>;
  model: ModelSummary | undefined;
  className?: string;
}

export function ModelPanel({ models, model, className }: ModelPanelProps) {
  const [, setView] = useView();
  const all = (models.data ?? []).filter(isSignalModel);
  return (
    <Panel
      title="Model on unseen test bars"
      testId="model-report"
      {...(className ? { className } : {})}
      aside={
        model && (
          <select
            aria-label="Model to show and use"
            className="input h-8! max-w-60 text-[0.85rem]!"
            data-testid="model-select"
            value={model.id}
            onChange={(event) =>
              setView({ model: event.target.value === all[0]?.id ? undefined : event.target.value })
            }
          >
            {all.map((m) => (
              <option key={m.id} value={m.id}>
                {m.id}
                {m.failed ? " (failed)" : ""}
              </option>
            ))}
          </select>
        )
      }
    >
      {models.error && !models.data && <ErrorNote error={models.error} retry={() => void models.refetch()} />}
      {models.isPending && <Loading label="The models are being read" rows={6} />}
      {models.data && !model && (
        <EmptyNote>No model yet. Its test report appears here after the first training.</EmptyNote>
      )}
      {model && (
        <>
          {model.failed && (
            <WarnNote testId="model-failed">This run counts as failed: {model.failed}</WarnNote>
          )}
          <ModelReport model={model} />
          <ConfusionMatrix test={model.test} />
        </>
      )}
    </Panel>
  );
}
