import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { DataError, messageOf, UsageError } from "../core/errors.ts";
import { createPart } from "../core/parts.ts";
import type { OnProgress } from "../core/progress.ts";
import { isoTime } from "../core/time.ts";
import { averageUniqueness, type Labeler, labelParts, spansOfLabels } from "../labels/index.ts";
import { type BarSeries, singlePanel } from "../market/bars.ts";
import { type ParquetColumn, writeParquet } from "../store/index.ts";
import { recipeBars, workspaceOf } from "./dataUse.ts";
import { applyProfile, loadRecipe } from "./loadRecipe.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { type AnyRecipe, isMultiTask } from "./recipeSchema.ts";
import { knownWhileMember } from "./recipeUniverse.ts";
import { orionVersion } from "./version.ts";

export interface LabelQuery {
  /** a recipe's name or a .yaml file */
  readonly recipe: string;
  /** this symbol of the recipe's alone */
  readonly symbol?: string | undefined;
  /** another label than the recipe's: YAML or JSON with a `kind` and the keys of its part */
  readonly label?: string | undefined;
  /** the .parquet file to write; one that is there is replaced as a whole */
  readonly out: string;
}

/** One column over its labelled rows. */
export interface LabelColumn {
  readonly name: string;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** rows of each value, ascending, where there are at most three and all are whole numbers */
  readonly counts?: readonly { readonly value: number; readonly rows: number }[];
}

export interface BuiltLabels {
  readonly recipe: string;
  readonly label: Readonly<Record<string, unknown>>;
  readonly horizonBars: number;
  /** absolute path */
  readonly out: string;
  readonly bytes: number;
  readonly bars: number;
  /** bars that have a label: the rows that were written */
  readonly rows: number;
  readonly symbols: readonly { symbol: string; bars: number; rows: number; from: string; to: string }[];
  readonly columns: readonly LabelColumn[];
  /** mean of the labels' average uniqueness; times `rows`, how many labels that share nothing they are worth */
  readonly meanUniqueness: number;
}

/**
 * Writes the labels of every stored bar that has one: `symbol`, `closeTime` and `knownAt` (ms UTC), the label's own columns, and
 * `uniqueness`, each label's average uniqueness among those of its symbol.
 * @throws UsageError for a label or symbol that is none, or a file that is no .parquet; DataError where bars are missing or none has
 * a label. A file that was there is left as it is in each case.
 */
export async function buildLabels(
  context: PipelineContext,
  query: LabelQuery,
  onProgress?: OnProgress,
): Promise<BuiltLabels> {
  const out = resolve(query.out);
  if (!out.endsWith(".parquet"))
    throw new UsageError(`out: ${query.out} has to end in .parquet: that is the format that is written`);
  const recipe = applyProfile(await loadRecipe(query.recipe), "full");
  const spec = query.label === undefined ? recipe.label : parseLabel(query.label);
  const labeler = createPart<Labeler>(labelParts, spec, "label");
  const workspace = await workspaceOf(context);
  const parts: ReturnType<typeof labelled>[] = [];
  const symbols = symbolsOf(recipe, query.symbol);
  const started = performance.now();
  for (const [i, symbol] of symbols.entries()) {
    context.signal?.throwIfAborted();
    const bars = await recipeBars(workspace, { universe: { ...recipe.universe, symbols: [symbol] } });
    parts.push(labelled(recipe, labeler, bars));
    const done = i + 1;
    const secondsLeft = ((performance.now() - started) / 1000 / done) * (symbols.length - done);
    if (symbols.length > 1)
      onProgress?.({ stage: "labels", done, total: symbols.length, secondsLeft, note: symbol });
  }
  const rows = parts.reduce((sum, part) => sum + part.rows.length, 0);
  const bars = parts.reduce((sum, part) => sum + part.bars.length, 0);
  if (rows === 0)
    throw new DataError(
      `label '${spec.kind}': none of ${bars} bars has an outcome: it needs up to ${labeler.horizonBars} bars after a row, prices without holes and, where it is told to measure volatility, bars before it`,
    );
  const names = [...labeler.columns, "uniqueness"];
  const values = names.map((_, i) => joined(parts.map((part) => part.values[i]!)));
  const columns: ParquetColumn[] = [
    {
      name: "symbol",
      type: "text",
      values: parts.flatMap((p) => Array(p.rows.length).fill(p.bars.instrument)),
    },
    { name: "closeTime", type: "time", values: joinedTimes(parts.map((p) => p.closeTime)) },
    { name: "knownAt", type: "time", values: joinedTimes(parts.map((p) => p.knownAt)) },
    ...names.map((name, i) => ({ name, type: "float32" as const, values: values[i]! })),
  ];
  if (rows > 200_000) onProgress?.({ stage: "writing", done: 0, total: null, secondsLeft: null });
  const { market, timeframe } = recipe.universe;
  const metadata = { recipe: recipe.name, label: JSON.stringify(spec), market, timeframe };
  await writeParquet(out, columns, { ...metadata, orion: orionVersion() });
  return {
    recipe: recipe.name,
    label: spec,
    horizonBars: labeler.horizonBars,
    out,
    bytes: (await stat(out)).size,
    bars,
    rows,
    symbols: parts.map((part) => ({
      symbol: part.bars.instrument,
      bars: part.bars.length,
      rows: part.rows.length,
      from: isoTime(part.bars.closeTime[0]!),
      to: isoTime(part.bars.closeTime[part.bars.length - 1]!),
    })),
    columns: labeler.columns.map((name, i) => summaryOf(name, values[i]!)),
    meanUniqueness: values[names.length - 1]!.reduce((sum, u) => sum + u, 0) / rows,
  };
}

function parseLabel(text: string): { kind: string; [key: string]: unknown } {
  let value: unknown;
  try {
    value = parse(text);
  } catch (thrown) {
    throw new UsageError(`label: ${messageOf(thrown)}`, { cause: thrown });
  }
  const parsed = z.looseObject({ kind: z.string() }).safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `label: '${text}' names no kind: write such as '{ kind: tripleBarrier, horizonBars: 24 }'`,
  );
}

function symbolsOf(recipe: AnyRecipe, wanted: string | undefined): readonly string[] {
  const { symbols } = recipe.universe;
  if (wanted === undefined) return symbols;
  if (symbols.includes(wanted)) return [wanted];
  throw new UsageError(
    `symbol: '${wanted}' is none of recipe '${recipe.name}': choose one of ${symbols.slice(0, 20).join(", ")}${symbols.length > 20 ? ", …" : ""}`,
  );
}

/** The labelled rows of one symbol, within the periods in which it is in the universe. */
function labelled(recipe: AnyRecipe, labeler: Labeler, bars: BarSeries) {
  const { closeTime } = bars;
  const labels = labeler.label(singlePanel(bars));
  const periods = isMultiTask(recipe) ? recipe.universe.periods?.[bars.instrument] : undefined;
  const known = knownWhileMember(labels.knownAt, closeTime, periods);
  const { rows, spans } = spansOfLabels(closeTime, known);
  return {
    bars,
    rows,
    closeTime: Float64Array.from(rows, (row) => closeTime[row]!),
    knownAt: Float64Array.from(rows, (row) => known[row]!),
    values: [
      ...labels.values.map((column) => Float32Array.from(rows, (row) => column[row]!)),
      Float32Array.from(averageUniqueness(spans)),
    ],
  };
}

function joined(columns: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(columns.reduce((sum, c) => sum + c.length, 0));
  let at = 0;
  for (const column of columns) {
    out.set(column, at);
    at += column.length;
  }
  return out;
}

function joinedTimes(columns: readonly Float64Array[]): Float64Array {
  return Float64Array.from(columns.flatMap((column) => [...column]));
}

function summaryOf(name: string, values: Float32Array): LabelColumn {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const counts = new Map<number, number>();
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    // a fourth value, or one that is not whole, shows that these are no classes
    if (counts.size <= 3) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const areClasses = counts.size <= 3 && [...counts.keys()].every(Number.isInteger);
  const sorted = [...counts].map(([value, rows]) => ({ value, rows })).sort((a, b) => a.value - b.value);
  return { name, min, mean: sum / values.length, max, ...(areClasses ? { counts: sorted } : {}) };
}
