/** A value to sort by; null where it is not known. */
export type SortKey = number | string | null;

interface Arrangement<Row> {
  /** words that a row has to have, all of them, in any case */
  find: string;
  /** where they are looked for */
  textOf: (row: Row) => string;
  keyOf: (row: Row, place: number) => SortKey;
  down: boolean;
}

/** The rows that have every word, sorted; among equals the given order stays, and what is not known stands last either way. */
export function arrangeRows<Row>(
  rows: readonly Row[],
  { find, textOf, keyOf, down }: Arrangement<Row>,
): Row[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .map((row, place) => ({ row, place, key: keyOf(row, place) }))
    .filter(({ row }) => {
      const text = textOf(row).toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => {
      if (a.key === b.key) return a.place - b.place;
      if (a.key === null || b.key === null) return a.key === null ? 1 : -1;
      return (a.key < b.key ? -1 : 1) * (down ? -1 : 1);
    })
    .map(({ row }) => row);
}
