import { z } from "zod";
import { UsageError } from "../../../core/errors.ts";
import { anew, type Once } from "../once.ts";
import { hideUnknown, type InputColumn, type InputColumns, soundRows } from "./inputColumns.ts";

/** An indicator with its parameters chosen. */
export interface ConfiguredIndicator {
  readonly name: string;
  /** all parameters, those that were not given at their default */
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputColumn[];
  /** the names of the outputs, each with the number of rows that are NaN before its first value */
  readonly outputs: Readonly<Record<string, number>>;
  /**
   * Bars before t on which row t depends, at least the longest warm-up; an average of infinite memory counts until it
   * has forgotten all but 1e-7 of what it began with. Infinity where the whole history counts (a running total, a trailing stop).
   */
  readonly lookback: number;
  /**
   * One column of the inputs' length for each output, to be read only where `once` remembers. `sound` names columns known to hold a
   * usable number in every row (`soundColumns`); `once` is what indicators on the same columns share (`remembering`).
   * @throws UsageError when a column that is read is not there, or the columns differ in length
   */
  compute(
    columns: InputColumns,
    sound?: ReadonlySet<InputColumn>,
    once?: Once,
  ): Readonly<Record<string, Float64Array>>;
}

/** An indicator as the registry holds it: what it is, and how to configure it. */
export interface Indicator {
  readonly name: string;
  /** other names by which it is found */
  readonly aliases: readonly string[];
  /** the name of the field */
  readonly title: string;
  /** in the notation of the field, t the current bar; n, k and so on are parameters */
  readonly formula: string;
  readonly source: string;
  readonly params: z.ZodType;
  /** every parameter at its default */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputColumn[];
  /** @throws UsageError that names the indicator and the parameter that does not fit */
  create(settings?: Readonly<Record<string, unknown>>): ConfiguredIndicator;
}

interface IndicatorSpec<S extends z.ZodType<Record<string, unknown>>, I extends InputColumn> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly formula: string;
  readonly source: string;
  readonly params: S;
  readonly inputs: readonly I[];
  /** each output with the number of rows before its first value on sound data */
  outputs(params: z.output<S>): Record<string, number>;
  lookback(params: z.output<S>): number;
  compute(
    columns: Readonly<Record<I, Float64Array>>,
    params: z.output<S>,
    once: Once,
  ): Readonly<Record<string, Float64Array>>;
}

/**
 * Makes an indicator of the registry out of a kernel. **How to add one:**
 * 1. Write the kernel in its family's folder (`volatility/keltner.ts`), on Float64Array, one pass, O(1) a bar, in plain loops (`map`
 *    is slow): build on `rollingSum`, `rollingWeighted`, `rollingMoments`, `rollingMax`, `extremeAge`, `ema`, `wilder`, `change`,
 *    `delayed`, `linear`, and give them a column that is no longer read as `out`: a fresh one costs more than most sums over it.
 *    What they remember restarts behind a NaN.
 *    Columns come from `newColumn`, or `rawColumn` where the loop writes every row. What other indicators need as well (`trueRange`,
 *    `logReturn`) comes through `once` and is only read.
 * 2. Its doc comment: formula with every symbol, default, source, where TA-Lib, TradingView or others differ and why not here.
 * 3. Below it `export const keltnerIndicator = indicator({ ... })`: parameters by `bars(20)` and `number(2, 0, 9)`, `outputs` with
 *    the exact warm-up of each, `lookback` with `emaLookback` and the like (Infinity if the whole history counts).
 * 4. One line in the family's `index.ts`; a new family is one line in `registry/indicatorParts.ts`. The contract suite runs by itself.
 * 5. Its published numbers in `testing/` with their source, and a line in a table of tests there; else a case worked by hand.
 *
 * **Missing values, one rule for all.** A row in which an input is NaN, infinite or beyond 1e60 is a wall: all outputs are NaN
 * in it and in their warm-up behind it, and after that they are what they would be if the history began behind the wall. So an
 * indicator recovers by itself, and no number is ever made across a hole. Around the kernel all inputs of such a row are made
 * NaN and the warm-up behind it is hidden; what is left to the kernel is that a NaN restarts what it remembers. What leaves
 * is NaN or finite, never infinite.
 */
export function indicator<const S extends z.ZodType<Record<string, unknown>>, const I extends InputColumn>(
  spec: IndicatorSpec<S, I>,
): Indicator {
  const { name, aliases = [], title, formula, source, params: schema, inputs } = spec;
  const parse = (settings: Readonly<Record<string, unknown>>): z.output<S> => {
    const parsed = schema.safeParse(settings);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0]!;
    if (issue.code === "unrecognized_keys") {
      const known = Object.keys(schema.parse({}));
      throw new UsageError(
        `${name}: there is no parameter '${issue.keys.join("', '")}'; ${known.length === 0 ? "it has none" : `it has ${known.join(", ")}`}`,
      );
    }
    const key = issue.path.join(".");
    const given = key === "" ? "" : ` '${key}' = ${String(settings[key])}`;
    throw new UsageError(`${name}:${given} is not possible: ${issue.message}`);
  };
  return {
    name,
    aliases,
    title,
    formula,
    source,
    params: schema,
    defaults: schema.parse({}),
    inputs,
    create(settings = {}) {
      const params = parse(settings);
      const outputs = spec.outputs(params);
      return {
        name,
        params,
        inputs,
        outputs,
        lookback: spec.lookback(params),
        compute(given, sound, once = anew) {
          const { columns, walls } = soundRows(name, inputs, given, sound);
          const out = spec.compute(columns, params, once);
          for (const [output, column] of Object.entries(out)) hideUnknown(column, walls, outputs[output]!);
          return out;
        },
      };
    },
  };
}

/** A parameter that counts bars: a whole number of at least `least`, `preset` unless given. */
export function bars(preset: number, least = 1): z.ZodDefault<z.ZodNumber> {
  const message = `give a whole number of bars from ${least} to 1000000`;
  return z.number(message).int(message).min(least, message).max(1_000_000, message).default(preset);
}

/** A parameter that is a finite number within [least, most], `preset` unless given. */
export function number(preset: number, least: number, most: number): z.ZodDefault<z.ZodNumber> {
  const message = `give a number from ${least} to ${most}`;
  return z.number(message).min(least, message).max(most, message).default(preset);
}

/** How averages of infinite memory begin; `mean` unless given. */
export function averageStart(): z.ZodDefault<z.ZodEnum<{ mean: "mean"; first: "first" }>> {
  return z
    .enum(
      ["mean", "first"],
      "give mean (of the first n values: StockCharts, TA-Lib) or first (Tulip, pandas)",
    )
    .default("mean");
}
