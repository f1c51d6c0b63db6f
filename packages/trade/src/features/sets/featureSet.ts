import { z } from "zod";
import type { Part } from "../../core/parts.ts";
import type { Feature } from "../feature.ts";
import { narrow } from "../narrow.ts";
import { panelBars } from "../panelBars.ts";
import { barIndicators, type SetColumn } from "./indicatorColumns.ts";

/** A feature set without options out of a table of columns; it remembers as long as the column that remembers longest. */
export function featureSet<const K extends string>(
  kind: K,
  table: readonly SetColumn[],
): Part<K, z.ZodObject<Record<never, never>, z.core.$strict>, Feature> {
  return {
    kind,
    config: z.strictObject({}),
    create: () => ({
      columns: table.map((column) => column.name),
      docs: table.map(({ name, formula, source }) => ({ name, formula, source })),
      lookback: longest(table),
      compute(panel) {
        const on = barIndicators(panelBars(panel));
        return table.map((column) => narrow(column.of(on)));
      },
    }),
  };
}

export function longest(table: readonly SetColumn[]): number {
  return Math.max(...table.map((column) => column.lookback));
}
