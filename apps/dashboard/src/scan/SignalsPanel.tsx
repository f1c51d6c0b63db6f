import type { ScanResponse, ScanRun } from "@orion/trade/wire";
import { duration, givenPercent, number, percent, utc } from "../layout/format.ts";
import { EmptyNote, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useScanView } from "../useView.ts";
import { focusRow } from "./focusRow.ts";
import { SignalTable } from "./SignalTable.tsx";

/** candidates named where signals are missing */
const NAMED = 5;
/** longer than any weekend with its holidays */
const STALE_SECONDS = 5 * 86_400;

interface SignalsPanelProps {
  run: ScanRun;
  indices: readonly string[];
  className: string;
}

export function SignalsPanel({ run, indices, className }: SignalsPanelProps) {
  const { response, finishedAt } = run;
  const { signals, filter, scanned, candidates, warnings } = response;
  const age = (Date.parse(finishedAt) - Date.parse(response.as_of)) / 1000;
  return (
    <Panel
      title={signals.length === 1 ? "1 signal" : `${number(signals.length)} signals`}
      testId="signals-panel"
      className={className}
      aside={
        <span className="text-[0.85rem] text-muted">
          filter: {filter.decision}, confidence from {givenPercent(filter.min_confidence)}, risk up to{" "}
          {number(filter.max_risk)} of 10, {number(filter.top)} at most
        </span>
      }
    >
      {warnings.map((warning) => (
        <WarnNote key={warning} testId="scan-warning">
          {warning}
        </WarnNote>
      ))}
      {run.request.at === undefined && age > STALE_SECONDS && (
        <WarnNote testId="scan-stale">
          The newest stored bars are {duration(age)} old: these are no signals of today. Download newer bars
          on the data page first.
        </WarnNote>
      )}
      <p className="text-[0.9rem]" data-testid="scan-summary" data-as-of={response.as_of}>
        {number(scanned)} symbols scanned, {number(candidates)} candidates, as of the close of{" "}
        {utc(response.as_of)} UTC, which was {duration(age)} old when the scan ended at {utc(finishedAt)} UTC.
        Recipe {response.recipe}, model <code className="[overflow-wrap:anywhere]">{response.model}</code>.
      </p>
      {signals.length < filter.top && <Shortfall response={response} />}
      {signals.length > 0 && (
        <SignalTable rows={signals} response={response} indices={indices} testId="signal-table" />
      )}
      {signals.length > 0 && (
        <p className="text-[0.8rem] text-muted">
          Confidence is the calibrated probability of the decision; the base rate beside it is how often that
          class occurred in the training rows anyway. Figures are forecasts before costs, no promise.
        </p>
      )}
    </Panel>
  );
}

/** Fewer signals than asked for is an answer: what the best candidates lacked. */
function Shortfall({ response }: { response: ScanResponse }) {
  const [, setView] = useScanView();
  const { signals, rejected, filter } = response;
  const count = (what: (r: ScanResponse["rejected"][number]) => boolean): number =>
    rejected.filter(what).length;
  const unsure = count((r) => r.decision === "BUY" && r.confidence < filter.min_confidence);
  const hold = count((r) => r.decision === "HOLD");
  const sell = count((r) => r.decision === "SELL");
  const risky = rejected.length - unsure - hold - sell;
  const best = [...rejected]
    .sort((a, b) => b.probabilities.BUY - a.probabilities.BUY || (a.symbol < b.symbol ? -1 : 1))
    .slice(0, NAMED);
  return (
    <EmptyNote>
      <span data-testid="scan-shortfall">
        {signals.length === 0
          ? "No candidate passes the filter, and none is made up for it. "
          : `${number(signals.length)} of at most ${number(filter.top)}: no other candidate passes the filter. `}
        {rejected.length === 0
          ? "There are no other candidates."
          : `Of the other ${number(rejected.length)}: ${[
              [hold, "are HOLD"],
              [sell, "are SELL"],
              [unsure, `are BUY with a confidence below ${givenPercent(filter.min_confidence)}`],
              [risky, "are BUY and too risky, or of a risk that could not be told"],
            ]
              .filter(([n]) => n !== 0)
              .map(([n, text]) => `${n} ${text}`)
              .join(", ")}. Nearest to a BUY: `}
        {best.map((r, i) => (
          <span key={r.symbol}>
            {i > 0 && "; "}
            <button
              type="button"
              data-testid="shortfall-open"
              className="text-ink underline decoration-line underline-offset-4 hover:decoration-ink"
              onClick={() => {
                setView({ open: r.symbol, find: undefined });
                focusRow(r.symbol);
              }}
            >
              {r.symbol}
            </button>{" "}
            with P(BUY) {percent(r.probabilities.BUY, 1)} ({r.reason})
          </span>
        ))}
        {best.length > 0 && "."}
      </span>
    </EmptyNote>
  );
}
