import { type ScanModelResponse, ScanQuery, type ScanStatus } from "@orion/trade/wire";
import { ScanSearch as Search } from "lucide-react";
import { useState } from "react";
import { InputField } from "../form/Field.tsx";
import { JobButtons } from "../form/JobButtons.tsx";
import { RecipeField } from "../form/RecipeField.tsx";
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
        <RecipeField
          testId="scan-recipe"
          names={known?.recipes}
          recipe={recipe}
          disabled={isRunning}
          onChoose={(name) => setView({ recipe: name })}
        />
        <InputField
          label="As of the end of the day (UTC)"
          testId="scan-at"
          className="w-full sm:w-56"
          type="date"
          value={day}
          disabled={isRunning}
          onText={setDay}
        />
        <InputField
          label="Signals at most"
          testId="scan-top"
          className="w-full sm:w-40"
          type="number"
          inputMode="numeric"
          min={1}
          max={1000}
          placeholder={String(known?.model?.filter.top ?? 10)}
          value={top}
          disabled={isRunning}
          onText={setTop}
        />
        <JobButtons
          name="scan"
          isRunning={isRunning}
          start={{
            text: "Scan",
            Icon: Search,
            isPending: start.isPending,
            isDisabled: known?.model === null,
          }}
          cancel={cancel}
        />
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
