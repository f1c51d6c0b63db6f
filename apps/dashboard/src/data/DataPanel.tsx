import type { StatusResponse } from "@orion/trade/wire";
import type { UseQueryResult } from "@tanstack/react-query";
import { EmptyNote, ErrorNote, Loading } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { DownloadForm } from "./DownloadForm.tsx";
import { StoredTable } from "./StoredTable.tsx";

export function DataPanel({
  status,
  className,
}: {
  status: UseQueryResult<StatusResponse>;
  className?: string;
}) {
  const stored = status.data?.data;
  return (
    <Panel title="Market data" testId="data-panel" {...(className ? { className } : {})}>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
        <div className="min-w-0">
          {status.error && !stored && <ErrorNote error={status.error} retry={() => void status.refetch()} />}
          {status.isPending && <Loading label="What is stored is being read" />}
          {stored && stored.length === 0 && (
            <EmptyNote>
              Nothing is stored yet. Download bars here or import a file with 'orion data import'.
            </EmptyNote>
          )}
          {stored && stored.length > 0 && <StoredTable stored={stored} />}
        </div>
        <DownloadForm />
      </div>
    </Panel>
  );
}
