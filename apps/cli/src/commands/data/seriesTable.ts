import { table } from "../../terminal/output.ts";

/** Stored series as a table, one a line. */
export function seriesTable(
  stored: readonly {
    symbol: string;
    timeframe: string | null;
    market: string;
    rows: number;
    from: string;
    to: string;
  }[],
): string {
  return table(
    ["symbol", "timeframe", "market", "rows", "from", "to"],
    stored.map((s) => [s.symbol, s.timeframe ?? "–", s.market, String(s.rows), s.from, s.to]),
  );
}
