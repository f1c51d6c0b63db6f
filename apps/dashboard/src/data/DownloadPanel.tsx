import { Download } from "lucide-react";
import { useDownload, useSources } from "../api/queries.ts";
import { ErrorNote, Loading } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { DownloadForm } from "./DownloadForm.tsx";
import { DownloadProgress } from "./DownloadProgress.tsx";

export function DownloadPanel({ className }: { className: string }) {
  const sources = useSources();
  const status = useDownload().data;
  return (
    <Panel title="Download" testId="download-panel" className={className}>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
        <div className="min-h-[17rem] min-w-0">
          {sources.data ? (
            <DownloadForm sources={sources.data} status={status} />
          ) : sources.error ? (
            <ErrorNote error={sources.error} retry={() => void sources.refetch()} />
          ) : (
            <Loading label="The sources are being read" rows={5} />
          )}
        </div>
        <div className="min-h-[17rem] min-w-0">
          {status && status.state !== "idle" ? (
            <DownloadProgress status={status} />
          ) : (
            <p className="flex h-full min-h-24 items-center justify-center gap-2.5 rounded-md border border-dashed border-line p-4 text-center text-[0.9rem] text-muted">
              <Download aria-hidden className="size-4 shrink-0" />
              No download has run since the server's start. Its progress shows here, symbol by symbol.
            </p>
          )}
        </div>
      </div>
    </Panel>
  );
}
