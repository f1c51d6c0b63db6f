import { useTraining } from "../api/queries.ts";
import { EmptyNote, ErrorNote, Loading, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { LossCurve } from "./LossCurve.tsx";
import { TrainingForm } from "./TrainingForm.tsx";
import { TrainingProgress } from "./TrainingProgress.tsx";

export function TrainingPanel({ className }: { className?: string }) {
  const training = useTraining();
  const status = training.data;
  return (
    <Panel
      title="Training"
      testId="training-panel"
      {...(className ? { className } : {})}
      aside={
        status && (
          <span data-testid="training-state" data-state={status.state} className="text-[0.85rem] text-muted">
            {stateText[status.state]}
          </span>
        )
      }
    >
      <TrainingForm status={status} />
      {training.error && !status && (
        <ErrorNote error={training.error} retry={() => void training.refetch()} />
      )}
      {!status && !training.error && <Loading label="The training's status is being read" />}
      {status?.state === "failed" && <ErrorNote error={status.error ?? "The training failed."} />}
      {status?.state === "cancelled" && (
        <WarnNote>
          The training was cancelled. Its checkpoint is kept: resume goes on where it stopped.
        </WarnNote>
      )}
      {status?.state === "done" && status.message && <WarnNote>{status.message}</WarnNote>}
      {status?.state === "idle" && (
        <EmptyNote>
          No training since the server started. The last model's report stands beside this panel.
        </EmptyNote>
      )}
      {status && status.state !== "idle" && (
        <>
          <TrainingProgress status={status} />
          <LossCurve history={status.history} />
        </>
      )}
    </Panel>
  );
}

const stateText = {
  idle: "Idle",
  running: "Running",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
} as const;
