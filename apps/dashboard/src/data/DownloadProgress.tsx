import type { DownloadStatus } from "@orion/trade/wire";
import { duration, number } from "../layout/format.ts";
import { ErrorNote, WarnNote } from "../layout/notes.tsx";
import { ProgressBar } from "../layout/ProgressBar.tsx";

export function DownloadProgress({ status }: { status: DownloadStatus }) {
  const share = status.total ? status.done / status.total : null;
  return (
    <div data-testid="download-status" data-state={status.state} className="grid gap-1.5 text-[0.88rem]">
      {status.state === "failed" && <ErrorNote error={status.error ?? "The download failed."} />}
      {status.state === "cancelled" && (
        <WarnNote>The download was stopped. What was stored stays; the next one goes on there.</WarnNote>
      )}
      {(status.state === "running" || status.state === "done") && (
        <>
          <div className="flex flex-wrap justify-between gap-x-4">
            <span>
              {status.symbols.join(", ")}: {number(status.done)}
              {status.total !== null && ` of ${number(status.total)}`} bars
            </span>
            <span className="text-muted">
              {status.state === "done"
                ? "done"
                : status.secondsLeft !== null && `${duration(status.secondsLeft)} left`}
            </span>
          </div>
          <ProgressBar label="Progress of the download" value={status.state === "done" ? 1 : share} />
          {status.message && <p className="text-muted">{status.message}</p>}
        </>
      )}
    </div>
  );
}
