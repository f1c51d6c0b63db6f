import type { AuditStatus } from "@orion/trade/wire";
import { useState } from "react";
import { duration, number } from "../layout/format.ts";
import { EmptyNote, ErrorNote, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { ProgressBar } from "../layout/ProgressBar.tsx";
import { AuditReportView } from "./AuditReportView.tsx";
import { useAuditStatus, useCancelAudit, useLatestAudit, useStartAudit } from "./queries.ts";

interface AuditPanelProps {
  recipe: string;
  /** of the bars that the page shows; undefined while they are not known */
  dataSha256: string | undefined;
  className: string;
}

/** Starts the audit of the chosen recipe, shows how far it is, and the last report. */
export function AuditPanel({ recipe, dataSha256, className }: AuditPanelProps) {
  const status = useAuditStatus();
  const start = useStartAudit();
  const cancel = useCancelAudit();
  const [size, setSize] = useState<"quick" | "full">("quick");
  const now = status.data;
  const isRunning = now?.state === "running";
  const latest = useLatestAudit(now?.state === "done" ? now.jobId : null);
  const run = latest.data?.run;
  return (
    <Panel title="Leakage audit" testId="audit-panel" className={className}>
      <div className="flex flex-wrap items-end gap-x-5 gap-y-3">
        <p className="grow basis-80 text-[0.88rem] text-muted">
          Runs the recipe again on bars that are cut off and on bars whose future is another one, trains small
          networks of its kind, and compares: whether anything looks ahead.
        </p>
        <label className="field w-full sm:w-72">
          Size
          <select
            className="input"
            data-testid="audit-size"
            value={size}
            disabled={isRunning}
            onChange={(event) => setSize(event.target.value === "full" ? "full" : "quick")}
          >
            <option value="quick">quick: the last 20,000 bars</option>
            <option value="full">full: all bars, minutes to an hour</option>
          </select>
        </label>
        {isRunning ? (
          <button
            type="button"
            className="button"
            data-testid="audit-cancel"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </button>
        ) : (
          <button
            type="button"
            className="button button-primary"
            data-testid="audit-start"
            disabled={start.isPending}
            onClick={() => start.mutate({ recipe, quick: size === "quick" })}
          >
            Audit {recipe}
          </button>
        )}
      </div>
      {start.error && <ErrorNote error={start.error} />}
      {cancel.error && <ErrorNote error={cancel.error} />}
      {now && <AuditProgress status={now} />}
      {run ? (
        <AuditReportView run={run} recipe={recipe} dataSha256={dataSha256} />
      ) : (
        !isRunning && <EmptyNote>No audit has been run since the server was started.</EmptyNote>
      )}
    </Panel>
  );
}

function AuditProgress({ status }: { status: AuditStatus }) {
  const { state, stage, done, total, secondsLeft, error, request } = status;
  if (state === "failed") return <ErrorNote error={error ?? "the audit failed"} />;
  if (state === "cancelled") return <WarnNote testId="audit-cancelled">The audit was cancelled.</WarnNote>;
  if (state !== "running") return null;
  return (
    <div role="status" className="grid gap-1.5" data-testid="audit-progress">
      <div className="flex flex-wrap justify-between gap-x-4 text-[0.88rem]">
        <span>
          {request?.recipe}: {stage}
          {total !== null && total > 0 && `, step ${number(done)} of ${number(total)}`}
        </span>
        <span className="text-muted">{secondsLeft === null ? "" : `${duration(secondsLeft)} left`}</span>
      </div>
      <ProgressBar label="Progress of the audit" value={total ? done / total : null} />
    </div>
  );
}
