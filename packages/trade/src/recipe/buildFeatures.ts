import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../core/errors.ts";
import type { OnProgress } from "../core/progress.ts";
import { isoTime } from "../core/time.ts";
import type { ColumnDoc } from "../features/index.ts";
import { type ParquetColumn, writeParquet } from "../store/index.ts";
import { workspaceOf } from "./dataUse.ts";
import { featureSource, type SourceQuery } from "./featureSource.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { readSeries } from "./recipePanels.ts";
import { recipePanel } from "./surroundings.ts";
import { orionVersion } from "./version.ts";

export interface BuildQuery extends SourceQuery {
  /** the .parquet file to write; one that is there is replaced as a whole */
  readonly out: string;
}

export interface BuiltFeatures {
  /** null where the columns are those of a set and of no recipe */
  readonly recipe: string | null;
  /** absolute path */
  readonly out: string;
  readonly bytes: number;
  readonly rows: number;
  /** by symbol its rows, and those of them in which every column has a value */
  readonly symbols: readonly { symbol: string; rows: number; wholeRows: number; from: string; to: string }[];
  /** by feature set: how long its columns took, over all symbols */
  readonly sets: readonly {
    kind: string;
    columns: number;
    lookback: number;
    ms: number;
    nsPerValue: number;
  }[];
  readonly columns: readonly (ColumnDoc & { finite: number; missing: number })[];
  /** milliseconds */
  readonly timings: { readonly read: number; readonly compute: number; readonly write: number };
}

/**
 * Writes the columns of a recipe, raw as its network's selection and scaling take them, or of a set, of every stored bar: `symbol`, `closeTime`
 * (ms UTC), then one 32-bit float column a feature, NaN where there is no value. All of them are held at once: 4 bytes a value.
 * @throws UsageError for a file that is no .parquet; DataError where bars are missing
 */
export async function buildFeatures(
  context: PipelineContext,
  query: BuildQuery,
  onProgress?: OnProgress,
): Promise<BuiltFeatures> {
  const out = resolve(query.out);
  if (!out.endsWith(".parquet"))
    throw new UsageError(`out: ${query.out} has to end in .parquet: that is the format that is written`);
  const { recipe, kinds, parts, universe } = await featureSource(query);
  const docs = parts.flatMap((part) => part.docs);
  const names = ["symbol", "closeTime", ...docs.map((doc) => doc.name)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new UsageError(`features: two columns of ${kinds.join(" and ")} are named '${twice}'`);

  const started = performance.now();
  onProgress?.({ stage: "reading bars", done: 0, total: null, secondsLeft: null });
  const workspace = await workspaceOf(context);
  const { bars: all, context: around } = await readSeries(workspace, universe, parts, context.signal);
  const read = performance.now() - started;
  const rows = all.reduce((sum, bars) => sum + bars.length, 0);
  const closeTime = new Float64Array(rows);
  const columns = docs.map(() => new Float32Array(rows));
  const symbol: string[] = [];
  const ms = parts.map(() => 0);
  const symbols: BuiltFeatures["symbols"][number][] = [];
  const computing = performance.now();
  for (const [i, bars] of all.entries()) {
    context.signal?.throwIfAborted();
    const at = symbol.length;
    const panel = recipePanel({ universe }, bars, around);
    let f = 0;
    for (const [p, part] of parts.entries()) {
      const begun = performance.now();
      const computed = part.compute(panel);
      ms[p]! += performance.now() - begun;
      for (const column of computed) columns[f++]!.set(column, at);
    }
    closeTime.set(bars.closeTime, at);
    for (let t = 0; t < bars.length; t++) symbol.push(bars.instrument);
    let wholeRows = 0;
    for (let t = at; t < symbol.length; t++) {
      if (columns.every((column) => Number.isFinite(column[t]!))) wholeRows++;
    }
    const [from, to] = [isoTime(bars.closeTime[0]!), isoTime(bars.closeTime[bars.length - 1]!)];
    symbols.push({ symbol: bars.instrument, rows: bars.length, wholeRows, from, to });
    const done = i + 1;
    const secondsLeft = ((performance.now() - computing) / 1000 / done) * (all.length - done);
    onProgress?.({ stage: "features", done, total: all.length, secondsLeft, note: bars.instrument });
  }
  const compute = performance.now() - computing;

  const writing = performance.now();
  onProgress?.({ stage: "writing", done: 0, total: null, secondsLeft: null });
  const written: ParquetColumn[] = [
    { name: "symbol", type: "text", values: symbol },
    { name: "closeTime", type: "time", values: closeTime },
    ...docs.map((doc, f) => ({ name: doc.name, type: "float32" as const, values: columns[f]! })),
  ];
  const { market, timeframe } = universe;
  const of = recipe === null ? { set: kinds.join() } : { recipe };
  await writeParquet(out, written, { ...of, market, timeframe, orion: orionVersion() });
  const { size } = await stat(out);
  const write = performance.now() - writing;
  return {
    recipe,
    out,
    bytes: size,
    rows,
    symbols,
    sets: parts.map((part, p) => ({
      kind: kinds[p]!,
      columns: part.columns.length,
      lookback: part.lookback,
      ms: ms[p]!,
      nsPerValue: (ms[p]! * 1e6) / (part.columns.length * rows),
    })),
    columns: docs.map((doc, f) => {
      const finite = columns[f]!.reduce((sum, value) => sum + (Number.isFinite(value) ? 1 : 0), 0);
      return { ...doc, finite, missing: rows - finite };
    }),
    timings: { read, compute, write },
  };
}
