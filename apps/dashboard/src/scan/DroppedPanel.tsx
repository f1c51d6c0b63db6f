import type { ScanResponse } from "@orion/trade/wire";
import { useMemo } from "react";
import { number } from "../layout/format.ts";
import { Panel } from "../layout/Panel.tsx";
import { byReason } from "./byReason.ts";

const timingText: Record<string, string> = {
  readUniverse: "reading the universe, when it was opened",
  scan: "momentum scan",
  readTimeframes: "reading the candidates' timeframes",
  features: "features",
  timeframes: "timeframe networks",
  risk: "risk",
  stack: "votes and decision",
  explain: "features that mattered",
  chain: "features to decision, together",
};

/** Symbols that could not be judged, and where the time went. */
export function DroppedPanel({ response, className }: { response: ScanResponse; className: string }) {
  const { dropped, timings } = response;
  const groups = useMemo(() => byReason(dropped), [dropped]);
  return (
    <Panel
      title={`${number(dropped.length)} ${dropped.length === 1 ? "symbol" : "symbols"} dropped`}
      testId="dropped-panel"
      className={className}
    >
      {groups.length === 0 ? (
        <p className="text-[0.88rem] text-muted">Every symbol could be judged.</p>
      ) : (
        <div className="grid gap-1.5">
          {groups.map(({ reason, symbols }) => (
            <details
              key={reason}
              data-testid="dropped-group"
              className="rounded-md border border-line px-3 py-2"
            >
              <summary className="text-[0.9rem]">
                {reason}: {number(symbols.length)} {symbols.length === 1 ? "symbol" : "symbols"}
              </summary>
              <ul className="max-h-72 overflow-auto pt-2 text-[0.86rem]">
                {symbols.map(({ symbol, detail }) => (
                  <li key={symbol} className="[overflow-wrap:anywhere]">
                    <span className="font-medium">{symbol}</span> <span className="text-muted">{detail}</span>
                  </li>
                ))}
              </ul>
            </details>
          ))}
        </div>
      )}
      <details className="text-[0.88rem]" data-testid="scan-timings">
        <summary>Where the time went</summary>
        <dl className="grid max-w-xl grid-cols-[1fr_auto] gap-x-4 gap-y-0.5 pt-2">
          {Object.entries(timings).map(([part, ms]) => (
            <div key={part} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-muted">{timingText[part] ?? part}</dt>
              <dd className="text-right">{number(ms)} ms</dd>
            </div>
          ))}
        </dl>
      </details>
    </Panel>
  );
}
