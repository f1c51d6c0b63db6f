import type { ScanStatus } from "@orion/trade/wire";
import { duration, number } from "../layout/format.ts";
import { ErrorNote, WarnNote } from "../layout/notes.tsx";
import { ProgressBar } from "../layout/ProgressBar.tsx";

export function ScanProgress({ status }: { status: ScanStatus }) {
  const { state, stage, done, total, secondsLeft, error, request } = status;
  if (state === "failed") return <ErrorNote error={error ?? "the scan failed"} />;
  if (state === "cancelled")
    return (
      <WarnNote testId="scan-cancelled">The scan was cancelled; what was found before it stays.</WarnNote>
    );
  if (state !== "running") return null;
  return (
    <div role="status" className="grid gap-1.5" data-testid="scan-progress">
      <div className="flex flex-wrap justify-between gap-x-4 text-[0.88rem]">
        <span>
          {request?.recipe ?? "scan"}: {stage}
          {total !== null && total > 0 && `, ${number(done)} of ${number(total)}`}
        </span>
        <span className="text-muted">{secondsLeft === null ? "" : `${duration(secondsLeft)} left`}</span>
      </div>
      <ProgressBar label="Progress of the scan" value={total ? done / total : null} />
    </div>
  );
}
