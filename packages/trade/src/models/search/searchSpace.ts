import { z } from "zod";
import type { Random } from "../../core/random.ts";

const bounds = { low: z.number(), high: z.number() };
const ordered = (range: { low: number; high: number }): boolean => range.low < range.high;
const isAbove = { message: "'high' has to be above 'low'" };

/** One setting that is searched over. */
export const SearchRange = z.union([
  z.strictObject({ kind: z.literal("uniform"), ...bounds }).refine(ordered, isAbove),
  /** ln x uniform: for what acts by its order of magnitude */
  z
    .strictObject({ kind: z.literal("logUniform"), low: z.number().positive(), high: z.number().positive() })
    .refine(ordered, isAbove),
  z
    .strictObject({
      kind: z.literal("int"),
      low: z.int(),
      high: z.int(),
      /** ln x uniform, rounded; needs low >= 1 */
      log: z.boolean().default(false),
    })
    .refine(ordered, isAbove)
    .refine(({ low, log }) => !log || low >= 1, { message: "'low' has to be 1 or more with 'log'" }),
  z.strictObject({
    kind: z.literal("choice"),
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
  }),
]);
export type SearchRange = z.output<typeof SearchRange>;

export const SearchSpace = z
  .record(z.string().min(1), SearchRange)
  .refine((space) => Object.keys(space).length > 0, { message: "nothing to search over" });
export type SearchSpace = z.output<typeof SearchSpace>;

export type SearchValue = string | number | boolean;
export type SearchValues = Readonly<Record<string, SearchValue>>;

/** Names of a space in an order that does not depend on how it was written. */
export const namesOf = (space: SearchSpace): string[] => Object.keys(space).sort();

/** Where a range lies on the axis on which it is uniform; of whole numbers with half a step on either side. */
export function axisOf(range: Exclude<SearchRange, { kind: "choice" }>): { low: number; high: number } {
  if (range.kind === "uniform") return { low: range.low, high: range.high };
  if (range.kind === "logUniform") return { low: Math.log(range.low), high: Math.log(range.high) };
  const [low, high] = [range.low - 0.5, range.high + 0.5];
  return range.log ? { low: Math.log(low), high: Math.log(high) } : { low, high };
}

/** The value at a place of the axis. */
export function valueAt(range: Exclude<SearchRange, { kind: "choice" }>, place: number): number {
  if (range.kind === "uniform") return Math.min(range.high, Math.max(range.low, place));
  if (range.kind === "logUniform") return Math.min(range.high, Math.max(range.low, Math.exp(place)));
  return Math.min(range.high, Math.max(range.low, Math.round(range.log ? Math.exp(place) : place)));
}

/** The place of a value on the axis. */
export function placeOf(range: Exclude<SearchRange, { kind: "choice" }>, value: number): number {
  return range.kind === "logUniform" || (range.kind === "int" && range.log) ? Math.log(value) : value;
}

/** Settings drawn uniformly from the space. */
export function drawValues(space: SearchSpace, random: Random): SearchValues {
  return Object.fromEntries(
    namesOf(space).map((name): [string, SearchValue] => {
      const range = space[name]!;
      if (range.kind === "choice") return [name, range.values[random.below(range.values.length)]!];
      const { low, high } = axisOf(range);
      return [name, valueAt(range, low + (high - low) * random.next())];
    }),
  );
}
