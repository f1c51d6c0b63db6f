import type { ScanResponse } from "@orion/trade/wire";
import { Search } from "lucide-react";
import { useState } from "react";
import { number } from "../layout/format.ts";
import { Panel } from "../layout/Panel.tsx";
import { useScanView } from "../useView.ts";
import { arrangeSignals } from "./arrangeSignals.ts";
import { SignalTable } from "./SignalTable.tsx";

interface RejectedPanelProps {
  response: ScanResponse;
  indices: readonly string[];
  className: string;
}

/** Candidates that the filter left out, with why, and all that is told of signals. */
export function RejectedPanel({ response, indices, className }: RejectedPanelProps) {
  const [view, setView] = useScanView();
  const { rejected } = response;
  const [find, setFind] = useState(view.find ?? "");
  // a link to one of them, or to a search, opens the list
  const [isOpen, setOpen] = useState(
    Boolean(view.find) || rejected.some(({ symbol }) => symbol === view.open),
  );
  const found = arrangeSignals(rejected, { find, sort: "rank", down: false }).length;
  return (
    <Panel
      title={`${number(rejected.length)} other candidates`}
      testId="rejected-panel"
      className={className}
      aside={
        rejected.length > 0 && (
          <button
            type="button"
            className="button"
            data-testid="rejected-open"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Hide" : "Show"}
          </button>
        )
      }
    >
      <p className="text-[0.88rem] text-muted">
        {rejected.length === 0
          ? "Every candidate became a signal."
          : "Candidates that the filter left out, most confident first, each with its reason and the same details."}
      </p>
      {isOpen && rejected.length > 0 && (
        <>
          <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
            <label className="field w-full sm:w-80">
              Find by symbol, decision or reason
              <span className="relative block">
                <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4" />
                <input
                  type="search"
                  className="input !pl-8"
                  data-testid="rejected-find"
                  value={find}
                  onChange={(event) => {
                    setFind(event.target.value);
                    setView({ find: event.target.value || undefined });
                  }}
                />
              </span>
            </label>
            <p className="text-[0.88rem] text-muted" data-testid="rejected-total" aria-live="polite">
              {found === rejected.length
                ? `${number(found)} candidates`
                : `${number(found)} of ${number(rejected.length)} candidates`}
            </p>
          </div>
          <SignalTable
            rows={rejected}
            response={response}
            indices={indices}
            testId="rejected-table"
            find={find}
            hasReasons
          />
        </>
      )}
    </Panel>
  );
}
