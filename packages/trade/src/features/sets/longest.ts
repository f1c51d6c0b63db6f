import type { SetColumn } from "./indicatorColumns.ts";

/** A set remembers as long as the column that remembers longest. */
export function longest(table: readonly SetColumn[]): number {
  return Math.max(...table.map((column) => column.lookback));
}
