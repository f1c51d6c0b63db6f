import { TreesUsageError } from "../errors.ts";

/** What one option may be, and what it is where nothing is said. */
export type OptionSpec =
  | { kind: "number"; min: number; max: number; default: number; openMin?: true }
  | { kind: "integer"; min: number; max: number; default: number }
  | { kind: "flag"; default: boolean }
  | { kind: "choice"; of: readonly string[]; default: string }
  | { kind: "directions"; default: readonly number[] };

type ValueOf<S extends OptionSpec> = S extends { kind: "number" | "integer" }
  ? number
  : S extends { kind: "flag" }
    ? boolean
    : S extends { kind: "choice"; of: readonly (infer C)[] }
      ? C
      : readonly number[];

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionsOf<S extends OptionSpecs> = { [K in keyof S]: ValueOf<S[K]> };

/**
 * All options of a model, those not given at their defaults.
 *
 * @throws TreesUsageError for an unknown name or a value outside its range, by name
 */
export function readOptions<const S extends OptionSpecs>(
  model: string,
  specs: S,
  given: Readonly<Partial<Record<keyof S, unknown>>>,
): OptionsOf<S> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(specs, name))
      throw new TreesUsageError(
        `${model} has no option "${name}": choose from ${Object.keys(specs).join(", ")}`,
      );
  const read = Object.entries<OptionSpec>(specs).map(([name, spec]) => {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined) return [name, spec.default];
    const fault = faultOf(value, spec);
    if (fault)
      throw new TreesUsageError(`${model}: option "${name}" is ${JSON.stringify(value)}: give ${fault}`);
    return [name, value];
  });
  return Object.fromEntries(read) as OptionsOf<S>;
}

/** What the value should have been, or nothing where it is right. */
function faultOf(value: unknown, spec: OptionSpec): string | undefined {
  switch (spec.kind) {
    case "flag":
      return typeof value === "boolean" ? undefined : "true or false";
    case "choice":
      return typeof value === "string" && spec.of.includes(value)
        ? undefined
        : `one of ${spec.of.join(", ")}`;
    case "directions":
      return Array.isArray(value) && value.every((v) => v === -1 || v === 0 || v === 1)
        ? undefined
        : "a list with 1 (rising), -1 (falling) or 0 (free) for each feature";
    default: {
      const { min, max } = spec;
      const openMin = spec.kind === "number" && spec.openMin === true;
      const isWhole = spec.kind === "number" || Number.isInteger(value);
      const isInside =
        typeof value === "number" && value <= max && (openMin ? value > min : value >= min) && isWhole;
      const what = spec.kind === "integer" ? "a whole number" : "a number";
      return isInside ? undefined : `${what} ${openMin ? "above" : "from"} ${min} to ${max}`;
    }
  }
}
