import { type ScanModelResponse, ScanQuery, type ScanStatus } from "@orion/trade/wire";
import { ScanSearch as Search, Square } from "lucide-react";
import { useState } from "react";
import { ErrorNote } from "../layout/notes.tsx";
import { useScanView } from "../useView.ts";
import { useCancelScan, useStartScan } from "./queries.ts";

const DAY_MS = 86_400_000;

interface ScanFormProps {
  recipe: string;
  known: ScanModelResponse | undefined;
  status: ScanStatus | undefined;
}

export function ScanForm({ recipe, known, status }: ScanFormProps) {
  const [, setView] = useScanView();
  const start = useStartScan();
  const cancel = useCancelScan();
  const [day, setDay] = useState("");
  const [top, setTop] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const isRunning = status?.state === "running";
  const names = known?.recipes ?? [recipe];
  const submit = (): void => {
    cancel.reset();
    const request = ScanQuery.safeParse({
      recipe,
      ...(day ? { at: endOfDay(day) } : {}),
      ...(top ? { top } : {}),
    });
    const issue = request.error?.issues[0];
    setFault(
      request.success
        ? null
        : issue?.path[0] === "top"
          ? "Signals at most: give a whole number from 1 to 1,000."
          : `${issue?.path.join(" ")}: ${issue?.message}`,
    );
    if (request.success) start.mutate(request.data);
  };
  // a scan that failed at once is told by its status
  const refusal = start.error?.message === status?.error ? null : start.error;
  const told = fault ?? refusal ?? cancel.error;
  return (
    <form
      className="grid gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="flex flex-wrap items-end gap-x-5 gap-y-3">
        <label className="field w-full sm:w-56">
          Recipe
          <select
            className="input"
            data-testid="scan-recipe"
            value={recipe}
            disabled={isRunning}
            onChange={(event) => setView({ recipe: event.target.value })}
          >
            {(names.includes(recipe) ? names : [recipe, ...names]).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field w-full sm:w-56">
          As of the end of the day (UTC)
          <input
            type="date"
            className="input"
            data-testid="scan-at"
            value={day}
            disabled={isRunning}
            onChange={(event) => setDay(event.target.value)}
          />
        </label>
        <label className="field w-full sm:w-40">
          Signals at most
          <input
            type="number"
            inputMode="numeric"
            className="input"
            data-testid="scan-top"
            min={1}
            max={1000}
            placeholder={String(known?.model?.filter.top ?? 10)}
            value={top}
            disabled={isRunning}
            onChange={(event) => setTop(event.target.value)}
          />
        </label>
        {isRunning ? (
          <button
            type="button"
            className="button"
            data-testid="scan-cancel"
            disabled={cancel.isPending || cancel.isSuccess}
            onClick={() => cancel.mutate()}
          >
            <Square aria-hidden className="size-4" />
            {cancel.isSuccess ? "Stopping…" : "Cancel"}
          </button>
        ) : (
          <button
            type="submit"
            className="button button-primary"
            data-testid="scan-start"
            disabled={start.isPending || known?.model === null}
          >
            <Search aria-hidden className="size-4" />
            {start.isPending ? "Starting…" : "Scan"}
          </button>
        )}
      </div>
      {told && <ErrorNote error={told} />}
    </form>
  );
}

/** Midnight after the day: its last bars close then. */
function endOfDay(day: string): string {
  const start = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(start) ? new Date(start + DAY_MS).toISOString() : day;
}
