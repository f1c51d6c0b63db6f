import { z } from "zod";
import { DataError, UsageError } from "../../core/errors.ts";
import { correlationMatrix } from "./correlationMatrix.ts";
import { correlationSelectionSchema, dropCorrelated } from "./dropCorrelated.ts";
import type { LongWork } from "./longWork.ts";
import { applyComponents, fitComponents, principalComponentsSchema } from "./principalComponents.ts";

/** How columns are chosen before they are scaled; a recipe without it takes all of them. */
export const SelectionConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("correlation"),
    /** of two columns with a larger |r| only one stays */
    limit: z.number().gt(0).lt(1).default(0.8),
    /** what the information of the columns is about: the class (of six heads the direction), or the return (of the first horizon) */
    against: z.enum(["class", "return"]).default("class"),
  }),
  z.strictObject({
    kind: z.literal("pca"),
    /** share of the columns' variance that the components have to hold */
    variance: z.number().gt(0).max(1).default(0.95),
  }),
]);
export type SelectionConfig = z.output<typeof SelectionConfig>;

/** What a selection learned; plain JSON, stored in a model's manifest. */
export const selectionSchema = z.discriminatedUnion("kind", [
  correlationSelectionSchema,
  principalComponentsSchema,
]);
export type Selection = z.output<typeof selectionSchema>;

/** Columns with what is to be predicted, and the rows that may be learned from. */
export interface SelectionData {
  readonly names: readonly string[];
  readonly columns: readonly Float32Array[];
  /** training rows, ascending: nothing else is read */
  readonly rows: Int32Array;
  /** of the columns' length; finite in the rows */
  readonly labels: { readonly class: Float32Array; readonly return: Float32Array };
}

/** With fewer rows a correlation of 0.8 is no rarity among thousands of pairs of noise. */
const LEAST_ROWS = 30;

/**
 * Fits on the training rows alone. Rows without a finite value of every column are left out.
 * @throws DataError when fewer than 30 rows are whole, or no column varies
 */
export async function fitSelection(
  config: SelectionConfig,
  { names, columns, rows, labels }: SelectionData,
  work: LongWork = {},
): Promise<Selection> {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`selection: two columns are named '${twice}'`);
  const matrix = await correlationMatrix(names, columns, rows, work);
  const n = matrix.rows.length;
  if (n < LEAST_ROWS)
    throw new DataError(
      `selection: ${n} training rows have a finite value in every column, and ${LEAST_ROWS} are the least: give more bars`,
    );
  if (matrix.deviation.every((deviation) => deviation === 0))
    throw new DataError(
      `selection: none of ${names.length} columns varies in the ${n} training rows: give other bars`,
    );
  if (config.kind === "pca") return fitComponents(config.variance, matrix);
  return dropCorrelated(config, matrix, columns, labels[config.against], work);
}

/** The names of what comes out. */
export function selectedNames(selection: Selection): readonly string[] {
  return selection.kind === "correlation" ? selection.kept : selection.shares.map((_, k) => `pc${k + 1}`);
}

/**
 * The columns that were kept (the same arrays), or the components as new ones, NaN where any of their columns is not finite.
 * @throws UsageError when the number of columns does not fit
 */
export function applySelection(
  columns: readonly Float32Array[],
  selection: Selection,
): readonly Float32Array[] {
  if (columns.length !== selection.from.length)
    throw new UsageError(`selection: made for ${selection.from.length} columns, given ${columns.length}`);
  const of = (name: string): Float32Array => columns[selection.from.indexOf(name)]!;
  if (selection.kind === "correlation") return selection.kept.map(of);
  return applyComponents(selection.used.map(of), selection);
}
