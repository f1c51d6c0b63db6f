import type { StatusResponse } from "@orion/trade/wire";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { number } from "../layout/format.ts";
import { EmptyNote, ErrorNote, Loading } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { StoredTable } from "./StoredTable.tsx";

const SHOWN = 8;

/** The first of what is stored, and the way to the data page. */
export function DataPanel({
  status,
  className,
}: {
  status: UseQueryResult<StatusResponse>;
  className?: string;
}) {
  const stored = status.data?.data;
  return (
    <Panel
      title="Market data"
      testId="data-panel"
      {...(className ? { className } : {})}
      aside={
        <Link to="/data" className="button h-8 px-3 text-[0.85rem]" data-testid="open-data">
          Download, quality, freshness
          <ArrowRight aria-hidden className="size-4" />
        </Link>
      }
    >
      {status.error && !stored && <ErrorNote error={status.error} retry={() => void status.refetch()} />}
      {status.isPending && <Loading label="What is stored is being read" />}
      {stored && stored.length === 0 && (
        <EmptyNote>
          Nothing is stored yet. Download bars on the data page or import a file with 'orion data import'.
        </EmptyNote>
      )}
      {stored && stored.length > 0 && <StoredTable stored={stored.slice(0, SHOWN)} />}
      {stored && stored.length > SHOWN && (
        <p className="text-[0.85rem] text-muted">
          and {number(stored.length - SHOWN)} more series on the data page
        </p>
      )}
    </Panel>
  );
}
