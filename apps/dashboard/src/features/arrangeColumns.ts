import type { FeatureChoice, FeatureColumn, FeatureDoc } from "@orion/trade/wire";
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

const keyOf: Record<FeatureSort, (row: ColumnRow, place: number) => number | string | null> = {
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
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = ({ doc }: ColumnRow): boolean => {
    const text = `${doc.name} ${doc.formula} ${doc.source} ${doc.set}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return rows
    .map((row, place) => ({ row, place, key: keyOf[sort](row, place) }))
    .filter(({ row }) => holds(row))
    .sort((a, b) => {
      if (a.key === b.key) return a.place - b.place;
      if (a.key === null || b.key === null) return a.key === null ? 1 : -1;
      return (a.key < b.key ? -1 : 1) * (down ? -1 : 1);
    })
    .map(({ row }) => row);
}
