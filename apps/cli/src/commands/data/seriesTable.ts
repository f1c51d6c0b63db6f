import { table } from "../../terminal/output.ts";

/** Stored series as a table, one a line; what they hold is told where it is not bars alone. */
export function seriesTable(
  stored: readonly {
    symbol: string;
    timeframe: string | null;
    market: string;
    kind?: string;
    rows: number;
    from: string;
    to: string;
  }[],
): string {
  const isMixed = stored.some((s) => s.kind !== undefined && s.kind !== "bars");
  return table(
    ["symbol", "timeframe", "market", ...(isMixed ? ["kind"] : []), "rows", "from", "to"],
    stored.map((s) => [
      ...[s.symbol, s.timeframe ?? "–", s.market],
      ...(isMixed ? [s.kind ?? "bars"] : []),
      ...[String(s.rows), s.from, s.to],
    ]),
  );
}
