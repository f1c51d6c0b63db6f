import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { SelectField } from "../form/Field.tsx";
import { JobButtons } from "../form/JobButtons.tsx";
import { JobProgress } from "../layout/JobProgress.tsx";
import { EmptyNote, ErrorNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
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
  const latest = useLatestAudit(now);
  const run = latest.data?.run;
  // an audit that failed at once is told by its status
  const refusal = start.error?.message === now?.error ? null : start.error;
  return (
    <Panel title="Leakage audit" testId="audit-panel" className={className}>
      <form
        className="flex flex-wrap items-end gap-x-5 gap-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          cancel.reset();
          start.mutate({ recipe, quick: size === "quick" });
        }}
      >
        <p className="grow basis-80 text-[0.88rem] text-muted">
          Runs the recipe again on bars that are cut off and on bars whose future is another one, trains small
          networks of its kind, and compares: whether anything looks ahead.
        </p>
        <SelectField
          label="Size"
          testId="audit-size"
          className="w-full sm:w-72"
          value={size}
          disabled={isRunning}
          onChoose={(name) => setSize(name === "full" ? "full" : "quick")}
        >
          <option value="quick">quick: the last 20,000 bars</option>
          <option value="full">full: all bars, minutes to an hour</option>
        </SelectField>
        <JobButtons
          name="audit"
          isRunning={isRunning}
          start={{ text: `Audit ${recipe}`, Icon: ShieldCheck, isPending: start.isPending }}
          cancel={cancel}
        />
      </form>
      {(refusal ?? cancel.error) && <ErrorNote error={refusal ?? cancel.error} />}
      {now && (
        <JobProgress
          status={now}
          name="audit"
          subject={now.request?.recipe}
          cancelled="The audit was cancelled; the report of the one before it stays."
        />
      )}
      {latest.error && <ErrorNote error={latest.error} retry={() => void latest.refetch()} />}
      {run ? (
        <AuditReportView run={run} recipe={recipe} dataSha256={dataSha256} />
      ) : (
        latest.isSuccess &&
        !isRunning && <EmptyNote>No audit has run to its end since the server was started.</EmptyNote>
      )}
    </Panel>
  );
}
