import type { BacktestRequest, ModelSummary, StoredBars } from "@orion/trade/wire";
import { LineChart } from "lucide-react";
import { useState } from "react";
import { CheckField, InputField } from "../form/Field.tsx";
import { utcDay } from "../layout/format.ts";

interface BacktestFormProps {
  model: ModelSummary;
  stored: StoredBars | undefined;
  isRunning: boolean;
  onRun: (request: Partial<BacktestRequest>) => void;
}

export function BacktestForm({ model, stored, isRunning, onRun }: BacktestFormProps) {
  // null: not chosen, so the model's exact test range holds
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const [inSample, setInSample] = useState(false);
  const [allowShort, setAllowShort] = useState(false);
  const bounds = stored ? { min: utcDay(stored.from), max: utcDay(stored.to) } : {};
  const days = [
    { name: "from", label: "From (UTC)", value: from, onText: setFrom },
    { name: "to", label: "To, inclusive (UTC)", value: to, onText: setTo },
  ] as const;
  return (
    <form
      className="flex flex-wrap items-end gap-x-4 gap-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        onRun({
          model: model.id,
          inSample,
          ...(allowShort ? { allowShort } : {}),
          ...(from ? { from } : {}),
          ...(to ? { to: `${to}T23:59:59Z` } : {}),
        });
      }}
    >
      {days.map(({ name, label, value, onText }) => (
        <InputField
          key={name}
          label={label}
          testId={`backtest-${name}`}
          className="w-40"
          type="date"
          required
          {...bounds}
          value={value ?? utcDay(model.testRange[name])}
          onText={onText}
        />
      ))}
      <div className="grid min-w-60 grow basis-80 gap-1.5">
        <CheckField
          testId="backtest-in-sample"
          label={
            <>
              In-sample{" "}
              <span className="text-muted">
                allows dates the model has learned from. Such a result flatters, is no evidence and is marked.
              </span>
            </>
          }
          isChecked={inSample}
          onCheck={setInSample}
        />
        <CheckField
          testId="backtest-short"
          label={
            <>
              Short positions <span className="text-muted">on SELL; otherwise SELL only closes.</span>
            </>
          }
          isChecked={allowShort}
          onCheck={setAllowShort}
        />
      </div>
      <div className="flex gap-2">
        {(from !== null || to !== null) && (
          <button
            type="button"
            className="button"
            onClick={() => {
              setFrom(null);
              setTo(null);
            }}
          >
            Test range
          </button>
        )}
        <button
          type="submit"
          className="button button-primary"
          data-testid="backtest-run"
          disabled={isRunning}
        >
          <LineChart aria-hidden className="size-4" />
          {isRunning ? "Running…" : "Run backtest"}
        </button>
      </div>
    </form>
  );
}
