import { DataError } from "../../../core/errors.ts";
import { canonicalJson, sha256 } from "../../../core/hash.ts";
import { unionPanel } from "../../../market/panel/unionPanel.ts";
import type { StackFit } from "../../../models/tabular/fitStack.ts";
import { pickTable } from "../../../models/tabular/pickRows.ts";
import type { Table, TabularData } from "../../../models/tabular/tabularModel.ts";
import type { LabelSpans, PurgedFold, TimeSplit } from "../../../models/validation/index.ts";
import type { CandidateRow } from "../candidateRows.ts";
import type { ScannerBars } from "../scannerBars.ts";
import { type NamedColumns, tableOf } from "../scannerTable.ts";
import { embargoMs } from "../timeframeNet.ts";
import type { TimeframeParts } from "../timeframeRows.ts";
import type { TimeframeNet } from "../timeframeStage.ts";
import { stackConfigOf, timeframeColumns } from "../trainScanner.ts";
import { classTarget, type ScannerPipeline, stepMsOf } from "./scannerPipeline.ts";

/** The candidate rows with a known outcome, and which of them are for what. */
export interface ScannerRows {
  readonly rows: readonly CandidateRow[];
  readonly split: TimeSplit;
  /** of the training rows */
  readonly spans: LabelSpans;
  readonly folds: readonly PurgedFold[];
  /** ms UTC: the last close of the universe */
  readonly at: number;
}

/** Fewer rows than this say too little about a hundred columns. */
const LEAST_ROWS = 100;

/** @throws DataError where too few candidates have an outcome */
export function scannerRows(
  pipeline: ScannerPipeline,
  bars: ScannerBars,
  all: readonly CandidateRow[],
): ScannerRows {
  const clock = unionPanel(bars.bars).closeTime;
  const at = clock[clock.length - 1] ?? Number.NaN;
  const rows = all.filter((row) => Number.isFinite(row.class) && row.knownAt <= at);
  if (rows.length < LEAST_ROWS)
    throw new DataError(
      `recipe '${pipeline.recipe.name}': ${bars.bars.length} symbols give ${rows.length} candidates with a known outcome, the audit needs ${LEAST_ROWS}: import more symbols or more years, or give more --rows`,
    );
  const split = pipeline.split(rows);
  const { rows: train } = split.train;
  const spans = {
    time: Float64Array.from(train, (place) => rows[place]!.time),
    knownAt: Float64Array.from(train, (place) => rows[place]!.knownAt),
    calendar: clock,
  };
  return { rows, split, spans, folds: pipeline.folds(spans), at };
}

export interface StageRequest {
  readonly parts: TimeframeParts;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** these folds alone; all unless given */
  readonly folds?: readonly PurgedFold[] | undefined;
}

/** The networks of the timeframes as the recipe's training fits and asks them. */
export function trainStage(
  pipeline: ScannerPipeline,
  bars: ScannerBars,
  { rows, split, folds, at }: Pick<ScannerRows, "rows" | "split" | "folds" | "at">,
  request: StageRequest,
): Promise<TimeframeNet[]> {
  const { recipe } = pipeline;
  return pipeline.stage({
    recipe,
    parts: request.parts,
    symbols: bars.sources,
    rows,
    train: split.train.rows,
    folds: request.folds ?? folds,
    until: split.train.knownUntil,
    at,
    embargoMs: embargoMs(recipe, stackConfigOf(recipe).embargoBars),
    stepMsOf: stepMsOf(recipe),
    context: { seed: request.seed, ...(request.signal ? { signal: request.signal } : {}) },
  });
}

/** What the stack reads of every row. */
export interface ScannerTraining {
  readonly nets: readonly TimeframeNet[];
  readonly table: Table;
  readonly stack: StackFit;
  /** of networks and stack: equal bytes, equal hash */
  readonly netHashes: Readonly<Record<string, string>>;
  readonly stackHashes: Readonly<Record<string, string>>;
}

export interface TrainingInput {
  readonly parts: TimeframeParts;
  readonly features: NamedColumns;
  readonly risk: NamedColumns;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** whether the validation rows decide when boosted trees stop, as in the recipe's training */
  readonly isWatched: boolean;
}

/** All stages after features and risk: networks, the table, the stack. Close the stack. */
export async function trainStages(
  pipeline: ScannerPipeline,
  bars: ScannerBars,
  known: ScannerRows,
  input: TrainingInput,
): Promise<ScannerTraining> {
  const nets = await trainStage(pipeline, bars, known, input);
  const table = tableOf([input.features, timeframeColumns(nets), input.risk], known.rows.length);
  const { train, validation } = known.split;
  const stack = await pipeline.stack({
    train: dataOf(table, known.rows, train.rows),
    spans: known.spans,
    validation: input.isWatched ? dataOf(table, known.rows, validation.rows) : undefined,
    seed: input.seed,
    signal: input.signal,
  });
  return {
    nets,
    table,
    stack,
    netHashes: Object.fromEntries(
      nets.flatMap(({ timeframe, fit }) =>
        fit ? [[timeframe, sha256(fit.onnx, canonicalJson(fit.manifest))] as const] : [],
      ),
    ),
    stackHashes: Object.fromEntries(
      Object.entries(stack.stack.files()).map(([name, bytes]) => [name, sha256(bytes)]),
    ),
  };
}

export function dataOf(table: Table, rows: readonly CandidateRow[], places: Int32Array): TabularData {
  return { table: pickTable(table, places), target: classTarget(rows, places) };
}
