import { MOMENTUM_COLUMNS } from "./candidateRows.ts";
import { timeframeNames } from "./scannerTable.ts";
import { RISK_COLUMNS } from "./symbolRisk.ts";

/** Where a column of the table comes from. */
export const COLUMN_GROUPS = ["features", "momentum", "timeframes", "risk"] as const;
export type ColumnGroup = (typeof COLUMN_GROUPS)[number];

/** The group of each of a model's columns. */
export function groupsOf(
  names: readonly string[],
  timeframes: readonly { readonly timeframe: string }[],
): ColumnGroup[] {
  const momentum = new Set<string>(MOMENTUM_COLUMNS);
  const forecasts = new Set(timeframes.flatMap(({ timeframe }) => timeframeNames(timeframe)));
  const risk = new Set<string>(RISK_COLUMNS);
  return names.map((name) =>
    momentum.has(name)
      ? "momentum"
      : forecasts.has(name)
        ? "timeframes"
        : risk.has(name)
          ? "risk"
          : "features",
  );
}
