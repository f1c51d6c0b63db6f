import type {
  ScanExplanation,
  ScanExplanationQuery,
  ScanExplanationStatus,
  ScanResponse,
} from "@orion/trade/wire";
import type { ScanRow } from "./arrangeSignals.ts";

/** Beyond rounding: a probability is told to a tenth of a percent. */
const SAME = 0.0005;

/** What to ask for: the candidate as the model saw it at the close that was scanned. */
export function explanationQuery(
  { symbol }: Pick<ScanRow, "symbol">,
  { model, as_of: at }: Pick<ScanResponse, "model" | "as_of">,
): ScanExplanationQuery {
  return { model, symbol, at };
}

/** Whether a job is, or was, about this candidate and moment. */
export function isOf(status: ScanExplanationStatus | undefined, query: ScanExplanationQuery): boolean {
  const request = status?.request;
  return request?.symbol === query.symbol && request.model === query.model && request.at === query.at;
}

/** Whether the bars have changed between the scan and the explanation: then it is of another row than the one that is shown. */
export function tellsOtherRow(
  { probabilities, as_of: asOf }: Pick<ScanExplanation, "probabilities" | "as_of">,
  row: Pick<ScanRow, "probabilities" | "as_of">,
): boolean {
  const names = ["BUY", "HOLD", "SELL"] as const;
  return (
    Date.parse(asOf) !== Date.parse(row.as_of) ||
    names.some((name) => Math.abs(probabilities[name] - row.probabilities[name]) > SAME)
  );
}
