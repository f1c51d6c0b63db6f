import type { ScanResponse } from "@orion/trade/wire";
import { ChevronDown, ChevronRight } from "lucide-react";
import { Fragment, type KeyboardEvent, useMemo } from "react";
import { duration, NONE, number, percent, price, signedPercent, utc } from "../layout/format.ts";
import { signalLook } from "../signal/signalLook.ts";
import { type SortColumn, SortHead } from "../table/SortHead.tsx";
import { useScanView } from "../useView.ts";
import type { ScanSort } from "../view.ts";
import { arrangeSignals, type ScanRow } from "./arrangeSignals.ts";
import { rowId } from "./focusRow.ts";
import { SignalDetail } from "./SignalDetail.tsx";

const columns: readonly SortColumn<ScanSort>[] = [
  { name: "symbol", text: "Symbol" },
  { name: "decision", text: "Decision" },
  {
    name: "confidence",
    text: "Confidence",
    title: "calibrated probability of the decision; base rate beside it",
  },
  { name: "expected", text: "Expected return", title: "over the horizon, before costs" },
  { name: "risk", text: "Risk 1–10", title: "1 is calm" },
  { name: "horizon", text: "Horizon" },
  { name: "price", text: "Price", title: "last close, in the currency that the symbol is quoted in" },
  { name: "age", text: "Data age", title: "between the last bar's close and the scan" },
  { name: "agreement", text: "Base models" },
];
/** Of candidates that are none: the confidence above is that of their own decision, which may be HOLD. */
const rejectedColumns: readonly SortColumn<ScanSort>[] = [
  { name: "buy", text: "P(BUY)", title: "calibrated probability of BUY: how near to a signal it is" },
  { name: "reason", text: "Why it is no signal" },
];

interface SignalTableProps {
  rows: readonly ScanRow[];
  response: ScanResponse;
  indices: readonly string[];
  testId: string;
  /** words that a row has to have */
  find?: string | undefined;
  hasReasons?: boolean;
}

/** Signals, or candidates that are none: sorted by any column, each opens to its details. */
export function SignalTable({ rows, response, indices, testId, find, hasReasons = false }: SignalTableProps) {
  const [view, setView] = useScanView();
  const sort = view.sort ?? "rank";
  const down = view.down ?? false;
  const arranged = useMemo(() => arrangeSignals(rows, { find, sort, down }), [rows, find, sort, down]);
  const shown = hasReasons ? [...columns, ...rejectedColumns] : columns;
  return (
    // the details are as wide as the box, not as the table that scrolls in it
    <div className="@container min-w-0 overflow-x-auto rounded-md border border-line" data-testid={testId}>
      <table className="table">
        <SortHead columns={shown} sorting={{ by: sort, down, set: setView }} testId={`${testId}-sort`} />
        <tbody onKeyDown={moveBetweenRows}>
          {arranged.map((row) => {
            const isOpen = view.open === row.symbol;
            const id = `detail-${row.symbol}`;
            const Chevron = isOpen ? ChevronDown : ChevronRight;
            return (
              <Fragment key={row.symbol}>
                <tr data-symbol={row.symbol} data-chosen={isOpen} className={isOpen ? "bg-raised" : ""}>
                  <th scope="row">
                    <button
                      type="button"
                      id={rowId(row.symbol)}
                      data-row
                      data-testid="signal-open"
                      aria-expanded={isOpen}
                      aria-controls={isOpen ? id : undefined}
                      className="inline-flex items-center gap-1 font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
                      onClick={() => setView({ open: isOpen ? undefined : row.symbol })}
                    >
                      <Chevron aria-hidden className="size-4 shrink-0" />
                      {row.symbol}
                    </button>
                  </th>
                  <Cells row={row} response={response} />
                  {hasReasons && (
                    <>
                      <td>{percent(row.probabilities.BUY, 1)}</td>
                      <td>{row.reason}</td>
                    </>
                  )}
                </tr>
                {isOpen && (
                  <tr>
                    <td colSpan={shown.length} className="!p-0 !text-left !whitespace-normal">
                      <div id={id} className="sticky left-0 w-[100cqw] p-4">
                        <SignalDetail row={row} response={response} indices={indices} />
                      </div>
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
          {arranged.length === 0 && (
            <tr>
              <td colSpan={shown.length}>No candidate has these words.</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

function Cells({ row, response }: { row: ScanRow; response: ScanResponse }) {
  const look = signalLook[row.decision];
  const Icon = look.icon;
  return (
    <>
      <td>
        <span className={`inline-flex items-center gap-1 font-medium ${look.text}`}>
          <Icon aria-hidden className="size-3.5" />
          {row.decision}
        </span>
      </td>
      <td>
        {percent(row.confidence, 1)}{" "}
        <span className="text-[0.8rem] text-muted">base {percent(response.base_rates[row.decision], 1)}</span>
      </td>
      <td>{signedPercent(row.expected_return, 2)}</td>
      <td>{row.risk_score === null ? NONE : number(row.risk_score)}</td>
      <td>{row.time_horizon}</td>
      <td>{price(row.price)}</td>
      <td title={`${utc(row.as_of)} UTC`}>{duration(row.data_age_seconds)}</td>
      <td>{row.agreement}</td>
    </>
  );
}

/** Arrow keys, Home and End go from row to row. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.indexOf(event.target as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  rows[Math.min(rows.length - 1, Math.max(0, to))]?.focus();
}
