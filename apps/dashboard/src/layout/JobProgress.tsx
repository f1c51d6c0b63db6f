import type { StagedProgress } from "@orion/trade/wire";
import { duration, number } from "./format.ts";
import { ErrorNote, WarnNote } from "./notes.tsx";
import { ProgressBar } from "./ProgressBar.tsx";

interface JobProgressProps {
  status: StagedProgress;
  /** of the kind of job, `scan`: begins the test ids and stands in the texts */
  name: string;
  /** what it is done to */
  subject: string | undefined;
  /** what is to be known after it was cancelled */
  cancelled: string;
}

/** How far a job is that goes from stage to stage, or why it ended without a result; nothing once it has one. */
export function JobProgress({ status, name, subject = name, cancelled }: JobProgressProps) {
  const { state, stage, done, total, secondsLeft, error } = status;
  if (state === "failed") return <ErrorNote error={error ?? `the ${name} failed`} />;
  if (state === "cancelled") return <WarnNote testId={`${name}-cancelled`}>{cancelled}</WarnNote>;
  if (state !== "running") return null;
  return (
    <div role="status" className="grid gap-1.5" data-testid={`${name}-progress`}>
      <div className="flex flex-wrap justify-between gap-x-4 text-[0.88rem]">
        <span>
          {subject}: {stage}
          {total !== null && total > 0 && `, step ${number(done)} of ${number(total)}`}
        </span>
        <span className="text-muted">{secondsLeft === null ? "" : `${duration(secondsLeft)} left`}</span>
      </div>
      <ProgressBar label={`Progress of the ${name}`} value={total ? done / total : null} />
    </div>
  );
}
