import type { ScanExplanation, ScanResponse } from "@orion/trade/wire";
import { Lightbulb } from "lucide-react";
import { useEffect, useRef } from "react";
import { JobButtons } from "../form/JobButtons.tsx";
import { number, percent } from "../layout/format.ts";
import { JobProgress } from "../layout/JobProgress.tsx";
import { ErrorNote, Loading, WarnNote } from "../layout/notes.tsx";
import type { ScanRow } from "./arrangeSignals.ts";
import { MatteredBars } from "./MatteredBars.tsx";
import {
  useCancelExplanation,
  useExplanationStatus,
  useKeptExplanation,
  useStartExplanation,
} from "./queries.ts";
import { explanationQuery, isOf, tellsOtherRow } from "./whichExplanation.ts";

interface WhatMatteredProps {
  row: ScanRow;
  response: ScanResponse;
}

/** What mattered about a candidate that the scan's answer says nothing of: asked for when the reader wants to know. */
export function WhatMattered({ row, response }: WhatMatteredProps) {
  const query = explanationQuery(row, response);
  const status = useExplanationStatus().data;
  const start = useStartExplanation();
  const cancel = useCancelExplanation();
  const kept = useKeptExplanation(query, status);
  const isMine = isOf(status, query);
  const box = useRef<HTMLDivElement>(null);
  const isAwaited = useRef(false);
  const isRunning = status?.state === "running";
  const found = kept.data?.run?.explanation;
  // the button that had the focus is gone by then
  useEffect(() => {
    if (found && isAwaited.current) box.current?.focus({ preventScroll: true });
  }, [found]);
  // one that failed at once is told by its status
  const refusal = isMine && start.error?.message === status?.error ? null : start.error;
  if (kept.isPending) return <Loading label="What is known of it is being read" rows={2} />;
  return (
    <div
      ref={box}
      tabIndex={-1}
      className="grid gap-3 outline-none"
      data-testid="what-mattered"
      data-symbol={row.symbol}
    >
      {!found && (
        <form
          className="flex flex-wrap items-center gap-x-4 gap-y-2"
          onSubmit={(event) => {
            event.preventDefault();
            cancel.reset();
            isAwaited.current = true;
            start.mutate(query);
          }}
        >
          <JobButtons
            name="explanation"
            isRunning={isRunning && isMine}
            start={{
              text: "What mattered",
              Icon: Lightbulb,
              isPending: start.isPending,
              isDisabled: isRunning,
            }}
            cancel={cancel}
          />
          <p className="grow basis-64 text-[0.86rem] text-muted">
            {isRunning && !isMine
              ? `${status.request?.symbol} is being explained; one at a time.`
              : "The scan tells it of signals only. Of this candidate the server finds it out in some seconds."}
          </p>
        </form>
      )}
      {(refusal ?? cancel.error ?? kept.error) && <ErrorNote error={refusal ?? cancel.error ?? kept.error} />}
      {status && isMine && !found && (
        <JobProgress
          status={status}
          name="explanation"
          subject={row.symbol}
          cancelled="It was cancelled before there was an answer."
        />
      )}
      {found && <Explained found={found} row={row} />}
    </div>
  );
}

const groupText: Record<ScanExplanation["groups"][number]["group"], string> = {
  features: "its bars",
  momentum: "the momentum scan",
  timeframes: "forecasts by timeframe",
  risk: "risk",
};

function Explained({ found, row }: { found: ScanExplanation; row: ScanRow }) {
  const { baseline, value, groups, mattered, rest, explained, unexplained, probabilities } = found;
  return (
    <>
      {tellsOtherRow(found, row) && (
        <WarnNote testId="explanation-other">
          The stored bars have changed since the scan: by now P(BUY) is {percent(probabilities.BUY, 1)}, where
          the scan said {percent(row.probabilities.BUY, 1)}. Scan again.
        </WarnNote>
      )}
      <p className="text-[0.88rem]" data-testid="explanation-sum">
        An average row scores {number(baseline, 3)}, this one {number(value, 3)}
        {value === baseline ? "" : value > baseline ? ": more of a BUY" : ": less of a BUY"}. By where a
        feature comes from:{" "}
        {groups
          .map(
            ({ group, columns, contribution }) =>
              `${groupText[group]} ${contribution > 0 ? "+" : ""}${number(contribution, 3)} (${number(columns)} columns)`,
          )
          .join(", ")}
        .
      </p>
      <MatteredBars mattered={mattered} />
      <p className="text-[0.8rem] text-muted">
        The other {number(rest.columns)} columns: {rest.contribution > 0 ? "+" : ""}
        {number(rest.contribution, 3)} together. Told by {explained.join(" and ")}
        {unexplained.length > 0 &&
          `; ${unexplained.join(", ")} ${unexplained.length === 1 ? "votes" : "vote"} too, and ${unexplained.length === 1 ? "its answer does" : "their answers do"} not come apart this way`}
        .
      </p>
    </>
  );
}
