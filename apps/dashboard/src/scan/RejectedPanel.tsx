import type { ScanResponse } from "@orion/trade/wire";
import { useEffect, useState } from "react";
import { number } from "../layout/format.ts";
import { Panel } from "../layout/Panel.tsx";
import { FindBar } from "../table/FindBar.tsx";
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
  // the address follows what is written with a delay
  const [find, setFind] = useState(view.find ?? "");
  useEffect(() => {
    if (view.find === undefined) setFind("");
  }, [view.find]);
  const [isShown, setShown] = useState<boolean | null>(null);
  // where nothing became a signal they are what there is to read; a link to one of them, or to a search, opens the list
  const isOpen =
    (isShown ?? (response.signals.length === 0 || find !== "")) ||
    rejected.some(({ symbol }) => symbol === view.open);
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
            onClick={() => {
              setShown(!isOpen);
              // an open row would keep the list open
              if (isOpen) setView({ open: undefined, find: undefined });
            }}
          >
            {isOpen ? "Hide" : "Show"}
          </button>
        )
      }
    >
      <p className="text-[0.88rem] text-muted">
        {rejected.length === 0
          ? "Every candidate became a signal."
          : "Candidates that the filter left out, the likeliest to be a BUY first. Each opens to what the filter misses and to all that is told of signals."}
      </p>
      {isOpen && rejected.length > 0 && (
        <>
          <FindBar
            label="Find by symbol, decision or reason"
            name="rejected"
            value={find}
            onText={(text) => {
              setFind(text);
              setView({ find: text || undefined });
            }}
          >
            {found === rejected.length
              ? `${number(found)} candidates`
              : `${number(found)} of ${number(rejected.length)} candidates`}
          </FindBar>
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
