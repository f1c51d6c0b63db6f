import type { ScanSignal } from "@orion/trade/wire";
import { arrangeRows, type SortKey } from "../table/arrangeRows.ts";
import type { ScanSort } from "../view.ts";

/** A signal, or a candidate that is none and why. */
export type ScanRow = ScanSignal & { reason?: string };

const keyOf: Record<ScanSort, (row: ScanRow, place: number) => SortKey> = {
  rank: (_row, place) => place,
  symbol: ({ symbol }) => symbol,
  decision: ({ decision }) => decision,
  confidence: ({ confidence }) => confidence,
  buy: ({ probabilities }) => probabilities.BUY,
  expected: (row) => row.expected_return,
  risk: (row) => row.risk_score,
  horizon: (row) => row.time_horizon,
  price: ({ price }) => price,
  age: (row) => row.data_age_seconds,
  agreement: (row) => agreeing(row.agreement),
  reason: ({ reason }) => reason ?? null,
};

/** `4 of 5 say BUY` as the share 0.8. */
function agreeing(text: string): number | null {
  const found = /^(\d+) of (\d+) /.exec(text);
  return found ? Number(found[1]) / Number(found[2]) : null;
}

/** Rows that have every word in symbol, decision or reason, sorted; what is not known stands last either way. */
export function arrangeSignals(
  rows: readonly ScanRow[],
  { find = "", sort, down }: { find?: string | undefined; sort: ScanSort; down: boolean },
): ScanRow[] {
  const textOf = ({ symbol, decision, reason = "" }: ScanRow): string => `${symbol} ${decision} ${reason}`;
  return arrangeRows(rows, { find, textOf, keyOf: keyOf[sort], down });
}
