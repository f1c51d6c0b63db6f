import type { BacktestRequest, ModelSummary, StoredBars } from "@orion/trade/wire";
import { LineChart } from "lucide-react";
import { useState } from "react";
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
      <label className="field w-40">
        From (UTC)
        <input
          type="date"
          className="input"
          data-testid="backtest-from"
          required
          {...bounds}
          value={from ?? utcDay(model.testRange.from)}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label className="field w-40">
        To, inclusive (UTC)
        <input
          type="date"
          className="input"
          data-testid="backtest-to"
          required
          {...bounds}
          value={to ?? utcDay(model.testRange.to)}
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      <div className="grid min-w-60 grow basis-80 gap-1.5 text-[0.88rem]">
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-1 accent-accent"
            data-testid="backtest-in-sample"
            checked={inSample}
            onChange={(event) => setInSample(event.target.checked)}
          />
          <span>
            In-sample{" "}
            <span className="text-muted">
              allows dates the model has learned from. Such a result flatters, is no evidence and is marked.
            </span>
          </span>
        </label>
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-1 accent-accent"
            data-testid="backtest-short"
            checked={allowShort}
            onChange={(event) => setAllowShort(event.target.checked)}
          />
          <span>
            Short positions <span className="text-muted">on SELL; otherwise SELL only closes.</span>
          </span>
        </label>
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
