import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div role="alert" className="note note-error">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-sell" />
      <span className="grow">{error instanceof Error ? error.message : String(error)}</span>
      {retry && (
        <button type="button" className="shrink-0 underline underline-offset-2" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function WarnNote({ children, testId }: { children: ReactNode; testId?: string }) {
  return (
    <div className="note note-warn" data-testid={testId}>
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <span>{children}</span>
    </div>
  );
}

export function EmptyNote({ children }: { children: ReactNode }) {
  return (
    <div className="note text-muted">
      <Info aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </div>
  );
}

const rowNames = ["a", "b", "c", "d", "e", "f"] as const;

export function Loading({ label, rows = 3 }: { label: string; rows?: number }) {
  return (
    <div role="status" aria-label={label} className="grid gap-2.5">
      {rowNames.slice(0, rows).map((name) => (
        <div key={name} className="skeleton h-5" />
      ))}
    </div>
  );
}
