import type { FeatureChoice, FeatureColumn, FeatureDoc } from "@orion/trade/wire";
import { arrangeRows, type SortKey } from "../table/arrangeRows.ts";
import type { FeatureSort } from "../view.ts";

/** A column as the table shows it; what needs bars is absent until they have been read. */
export interface ColumnRow {
  doc: FeatureDoc;
  found: FeatureColumn | undefined;
  /** kept by the selection; undefined where it makes components, or is not known */
  isKept: boolean | undefined;
}

export function columnRows(
  docs: readonly FeatureDoc[],
  found: readonly FeatureColumn[] | undefined,
  choice: FeatureChoice | undefined,
): ColumnRow[] {
  const byName = new Map(found?.map((column) => [column.name, column]));
  const kept = choice?.kind === "correlation" ? new Set(choice.kept) : undefined;
  return docs.map((doc) => ({ doc, found: byName.get(doc.name), isKept: kept?.has(doc.name) }));
}

const keyOf: Record<FeatureSort, (row: ColumnRow, place: number) => SortKey> = {
  place: (_row, place) => place,
  name: ({ doc }) => doc.name.toLowerCase(),
  lookback: ({ doc }) => doc.lookback,
  missing: ({ found }) =>
    found ? found.distribution.missingBars / Math.max(1, found.distribution.bars) : null,
  validation: ({ found }) => found?.validation.stabilityIndex ?? null,
  test: ({ found }) => found?.test.stabilityIndex ?? null,
  kept: ({ isKept }) => (isKept === undefined ? null : Number(isKept)),
};

/** Rows whose name, formula, source or set hold every word, sorted; what is not known stands last either way. */
export function arrangeColumns(
  rows: readonly ColumnRow[],
  { find, sort, down }: { find: string; sort: FeatureSort; down: boolean },
): ColumnRow[] {
  const textOf = ({ doc }: ColumnRow): string => `${doc.name} ${doc.formula} ${doc.source} ${doc.set}`;
  return arrangeRows(rows, { find, textOf, keyOf: keyOf[sort], down });
}
