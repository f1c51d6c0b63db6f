import type { OptionSpec, OptionSpecs, OptionsOf } from "@orion/trees";
import { z } from "zod";

/** What the run says, not the recipe. */
type OfTheRun = "seed" | "threads";

/** What every tree model's configuration has beside the options of its library. */
const common = {
  /** by column: 1 where the prediction may only rise with it, -1 where it may only fall */
  monotone: z.record(z.string(), z.union([z.literal(1), z.literal(-1)])).default({}),
  /** how much each class counts: alike whatever its number of rows, or one number a class */
  classWeights: z
    .union([z.literal("none"), z.literal("balanced"), z.array(z.number().positive())])
    .default("none"),
  /** rounds without a better measure on the validation rows, after which training stops; 0 for never */
  earlyStoppingRounds: z.int().min(0).max(100_000).optional(),
};
export type CommonTreeConfig = z.output<z.ZodObject<typeof common>>;

export type TreeConfig<S extends OptionSpecs> = Omit<OptionsOf<S>, OfTheRun | keyof CommonTreeConfig> &
  CommonTreeConfig;

/**
 * The schema of a library's options, with other defaults where they are given: names, ranges and defaults have one home,
 * the library's own table.
 */
export function optionsSchema<const S extends OptionSpecs>(
  specs: S,
  defaults?: Readonly<Partial<Record<keyof S, unknown>>>,
  left: readonly (keyof S)[] = [],
): z.ZodType<TreeConfig<S>> {
  const taken = new Set<string>(["seed", "threads", ...Object.keys(common), ...left.map(String)]);
  const shape = Object.fromEntries(
    Object.entries(specs)
      .filter(([name]) => !taken.has(name))
      .map(([name, spec]) => {
        const chosen = (defaults as Readonly<Record<string, unknown>> | undefined)?.[name];
        return [name, schemaOf(spec).default(chosen ?? spec.default)];
      }),
  );
  return z.strictObject({ ...shape, ...common }) as unknown as z.ZodType<TreeConfig<S>>;
}

function schemaOf(spec: OptionSpec): z.ZodType {
  switch (spec.kind) {
    case "integer":
      return z.int().min(spec.min).max(spec.max);
    case "number": {
      const bounded = z.number().max(spec.max);
      return spec.openMin ? bounded.gt(spec.min) : bounded.min(spec.min);
    }
    case "flag":
      return z.boolean();
    case "choice":
      return z.enum([...spec.of]);
    case "directions":
      return z.array(z.union([z.literal(-1), z.literal(0), z.literal(1)]));
  }
}
