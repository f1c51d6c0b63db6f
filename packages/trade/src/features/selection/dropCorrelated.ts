import { z } from "zod";
import { DataError } from "../../core/errors.ts";
import type { CorrelationMatrix } from "./correlationMatrix.ts";
import { type LongWork, pacer } from "./longWork.ts";
import { type Binned, binColumn, mutualInformation } from "./mutualInformation.ts";

const column = z.string();

const droppedColumn = z.discriminatedUnion("reason", [
  /** it does not vary in the rows */
  z.strictObject({ name: column, reason: z.literal("constant") }),
  z.strictObject({
    name: column,
    reason: z.literal("correlated"),
    /** the kept column that says the same, of those the one with the largest |r| */
    kept: column,
    r: z.number().min(-1).max(1),
    /** nats about the label, of this column and of the kept one */
    information: z.number(),
    keptInformation: z.number(),
  }),
]);
export type DroppedColumn = z.output<typeof droppedColumn>;

export const correlationSelectionSchema = z.strictObject({
  kind: z.literal("correlation"),
  /** all columns, in the order in which they are given */
  from: z.array(column),
  /** those that stay, in the same order */
  kept: z.array(column).min(1),
  limit: z.number(),
  against: z.enum(["class", "return"]),
  /** training rows that were read */
  rows: z.int(),
  /** nats about the label, of each of `from`; 0 of a constant */
  information: z.array(z.number()),
  dropped: z.array(droppedColumn),
});
export type CorrelationSelection = z.output<typeof correlationSelectionSchema>;

/**
 * Of each pair with |r| > limit the column that tells less about the label goes. Columns are taken by their mutual
 * information, largest first (equal ones by name), and one stays unless a column that stayed before it is too close: so
 * every column that goes has one that stays, tells at least as much, and is named with it. The order of the columns does
 * not matter.
 * @param label finite in the matrix's rows; up to 64 distinct values are classes, more are put in bins
 * @throws DataError when the label is not finite in a row
 */
export async function dropCorrelated(
  { limit, against }: { readonly limit: number; readonly against: "class" | "return" },
  matrix: CorrelationMatrix,
  columns: readonly Float32Array[],
  label: Float32Array,
  work: LongWork = {},
): Promise<CorrelationSelection> {
  const { names, rows, deviation, values } = matrix;
  const unknown = rows.find((row) => !Number.isFinite(label[row]!));
  if (unknown !== undefined)
    throw new DataError(`selection: the label of training row ${unknown} is not finite: leave such rows out`);
  const about: Binned = against === "class" ? binColumn(label, rows, 64) : binColumn(label, rows);
  const information = new Float64Array(names.length);
  const pace = pacer("information", names.length, work);
  for (let f = 0; f < names.length; f++) {
    if (deviation[f]! > 0) information[f] = mutualInformation(binColumn(columns[f]!, rows), about);
    await pace(f + 1);
  }
  const order = names
    .map((_, f) => f)
    .filter((f) => deviation[f]! > 0)
    .sort((a, b) => information[b]! - information[a]! || (names[a]! < names[b]! ? -1 : 1));
  const kept: number[] = [];
  const dropped = new Map<number, DroppedColumn>();
  const r = (a: number, b: number): number => values[a * names.length + b]!;
  for (const f of order) {
    const [closest] = kept
      .filter((k) => Math.abs(r(f, k)) > limit)
      .sort((a, b) => Math.abs(r(f, b)) - Math.abs(r(f, a)));
    if (closest === undefined) kept.push(f);
    else {
      dropped.set(f, {
        name: names[f]!,
        reason: "correlated",
        kept: names[closest]!,
        r: r(f, closest),
        information: information[f]!,
        keptInformation: information[closest]!,
      });
    }
  }
  const stays = new Set(kept);
  return {
    kind: "correlation",
    from: [...names],
    kept: names.filter((_, f) => stays.has(f)),
    limit,
    against,
    rows: rows.length,
    information: [...information],
    dropped: names.flatMap((name, f) =>
      stays.has(f) ? [] : [dropped.get(f) ?? { name, reason: "constant" as const }],
    ),
  };
}
